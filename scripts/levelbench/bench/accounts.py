"""Evidence of a load besides its answers: rows, statements, tasks and CPU time."""

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from levelbench.bench import tasks
from levelbench.bench.generate import Load
from levelbench.lab import statements
from levelbench.lab.database import OWNER, TaskCount
from levelbench.lab.lab import Lab, Seat
from levelbench.lab.meters import neighbours, sampler
from levelbench.lab.meters.sampler import Sample
from levelbench.lab.prepare import Prepared
from levelbench.load.summary import Answers, Bounds, Summary
from levelbench.model.capacity import Capacity, Objective, capacity_of
from levelbench.model.files import write_atomic
from levelbench.model.measurement import Disturbed, EndpointWindow, Step, UserStep, Window
from levelbench.model.trial import (
    SECONDS_FILE,
    ContainerUse,
    CoreUse,
    RowCounts,
    Statements,
    TaskSummary,
)
from levelbench.model.vocabulary import Container, Endpoint, Origin

DRAIN_POLL_S = 0.2

Number = TypeVar("Number", int, float)
Samples = Mapping[Container, Sequence[Sample]]
"""Each container's counters throughout a trial."""


@dataclass(frozen=True)
class Evidence:
    """Fields of a trial's record that are known once its load is over."""

    window: Window | None = None
    endpoints: dict[Endpoint, EndpointWindow] = field(default_factory=dict)
    requests: dict[str, EndpointWindow] = field(default_factory=dict)
    resources: dict[Container, ContainerUse] = field(default_factory=dict)
    counters: Origin | None = None
    endpoint_resources: dict[Endpoint, dict[Container, ContainerUse]] = field(default_factory=dict)
    cores: dict[str, CoreUse] = field(default_factory=dict)
    endpoint_cores: dict[Endpoint, dict[str, CoreUse]] = field(default_factory=dict)
    others_cpu_share: dict[str, float | None] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    capacity: Capacity | None = None
    user_steps: tuple[UserStep, ...] = ()
    users_held: int | None = None
    disturbed: Disturbed | None = None
    rows: RowCounts | None = None
    statements: Statements | None = None
    tasks: TaskSummary | None = None
    postgres_settings: dict[str, str] = field(default_factory=dict)


NO_EVIDENCE = Evidence()
"""Of a trial that was ended early."""


def collect(
    lab: Lab,
    seat: Seat,
    prepared: Prepared,
    load: Load,
    drained: TaskCount,
    *,
    folder: Path,
    postgres_settings: dict[str, str],
    objective: Objective | None,
) -> Evidence:
    """Everything that a load has left; what each second and each task had is kept in `folder`.

    `objective`: of a ladder of rates; None for other loads. A guest has tables and tasks of its
    own, which are not counted. Raises LabError.
    """
    is_guest = prepared.contestant.service.spec.is_guest
    keep_seconds(load, folder)
    summary, samples = load.summary, load.samples
    seen = neighbours.Seen(load.cpus, samples, load.beside, lab.topology)
    return Evidence(
        window=summary.window,
        endpoints=with_statements(summary.endpoints, prepared),
        requests=summary.requests,
        resources=use(samples, summary, lab.cpus()),
        counters=load.counters,
        endpoint_resources=use_of_endpoints(samples, summary, lab.cpus()),
        cores=neighbours.of_mix(seen, summary),
        endpoint_cores=neighbours.of_endpoints(seen, summary),
        others_cpu_share=neighbours.of_others(seen, summary),
        steps=summary.steps,
        capacity=capacity_of(summary.steps, objective) if objective and summary.steps else None,
        user_steps=summary.user_steps,
        users_held=summary.users_held,
        disturbed=summary.disturbed,
        rows=None if is_guest else rows(lab, seat, prepared, summary, drained),
        statements=None if is_guest else statements_run(lab, seat, prepared, summary),
        tasks=None if is_guest else background(lab, seat, summary, folder),
        postgres_settings=postgres_settings,
    )


def drain(lab: Lab, seat: Seat, accepted: int) -> TaskCount:
    """Wait until the worker has finished what was accepted.

    Gives up on a worker that has finished nothing for `drain_timeout_s`.
    """
    progress = time.monotonic()
    completed = 0
    while True:
        count = lab.database.tasks(seat.database)
        now = time.monotonic()
        if count.completed > completed:
            completed, progress = count.completed, now
        # A row may stay open without ever having been promised (its answer was an error).
        done = count.completed >= accepted or (count.open == 0 and count.rows >= accepted)
        if done or now - progress > lab.config.limits.drain_timeout_s:
            return count
        time.sleep(DRAIN_POLL_S)


def background(lab: Lab, seat: Seat, summary: Summary, folder: Path) -> TaskSummary:
    """What became of the accepted tasks; the times of each are kept in `folder`."""
    table = lab.database.task_table(seat.database)
    write_atomic(folder / "tasks.csv", table)
    alone = summary.endpoint_bounds.get("task")
    windows = (alone,) if alone else summary.bounds
    return tasks.figures(tasks.parse(table), summary.invoices_202, windows)


def keep_seconds(load: Load, folder: Path) -> None:
    """Write the throughput of each second to `folder`, where it is known."""
    if seconds := by_second(load.samples["service"], load.summary):
        lines = (f"{number},{value:.1f}" for number, value in enumerate(seconds, start=1))
        write_atomic(
            folder / SECONDS_FILE, "\n".join(("second,requests_per_second", *lines)) + "\n"
        )


def by_second(samples: Sequence[Sample], summary: Summary) -> list[float]:
    """Requests/s in each whole second of the measured window, or of its slices in their order: the
    requests of all of them, shared out by the bytes that the contestant received and sent.

    Empty where the bytes were not counted, and where there is no such window.
    """
    spans = [
        (start_ms / 1e3, start_ms / 1e3 + 1)
        for bounds in summary.bounds
        for start_ms in range(bounds.start_epoch_ms, bounds.end_epoch_ms - 999, 1000)
    ]
    used = [sampler.use(samples, *span, 1.0).network_bytes for span in spans]
    counted = [count for count in used if count is not None]
    if len(counted) < len(used) or not sum(counted):
        return []
    window_s = sum(one.end_epoch_ms - one.start_epoch_ms for one in summary.bounds) / 1e3
    in_spans = summary.window.requests * len(spans) / window_s
    return [in_spans * count / sum(counted) for count in counted]


def rows(lab: Lab, seat: Seat, prepared: Prepared, summary: Summary, count: TaskCount) -> RowCounts:
    """Rows written, and the answers that promised them."""
    return RowCounts(
        users_added=lab.database.users(seat.database) - prepared.user_rows,
        registrations_201=summary.registrations_201,
        tasks_added=count.rows,
        invoices_202=summary.invoices_202,
    )


def statements_run(lab: Lab, seat: Seat, prepared: Prepared, summary: Summary) -> Statements:
    """Statements that the load ran, and the number that its answers require: by the rule, or by
    what an exhibit declares."""
    found = statements.read(lab.database, seat.database, OWNER)
    answers = summary.answers.items()
    exhibit = prepared.contestant.service.spec.exhibit
    costs: Mapping[Endpoint, int] = (
        {"list": len(exhibit.statements)} if exhibit else statements.DATA_STATEMENTS
    )
    polls = summary.polls or Answers(requests=0, errors=0)
    each = statements.POLL_STATEMENTS
    return Statements(
        run=sum(statement.calls for statement in found if statement.touches_data),
        least=statements.rule({endpoint: a.requests - a.errors for endpoint, a in answers}, costs)
        + each * (polls.requests - polls.errors),
        most=statements.rule({endpoint: a.requests for endpoint, a in answers}, costs)
        + each * polls.requests,
    )


def with_statements(
    windows: Mapping[Endpoint, EndpointWindow], prepared: Prepared
) -> dict[Endpoint, EndpointWindow]:
    """The endpoints' windows with the statements that `verify` counted: in a mix, statements of
    one kind of request cannot be separated from another's.
    """
    known = prepared.statements_per_request
    return {
        endpoint: window.with_statements(known.get(endpoint))
        for endpoint, window in windows.items()
    }


def use_of_endpoints(
    samples: Samples, summary: Summary, cpus: Mapping[Container, float]
) -> dict[Endpoint, dict[Container, ContainerUse]]:
    """What each container used over each endpoint's own window; empty for a mix."""
    return {
        endpoint: _use(samples, bounds, cpus)
        for endpoint, bounds in summary.endpoint_bounds.items()
    }


def use(
    samples: Samples, summary: Summary, cpus: Mapping[Container, float]
) -> dict[Container, ContainerUse]:
    """What each container used over the measured window, or over all of them together: its slices,
    the endpoints' own, or a ladder's steps; `cpus`: how many each may use.
    """
    windows = (*summary.bounds, *summary.endpoint_bounds.values(), *summary.step_bounds)
    each = [_use(samples, bounds, cpus) for bounds in windows]
    return {name: together([used[name] for used in each]) for name in samples}


def together(uses: Sequence[ContainerUse]) -> ContainerUse:
    """Combine the use over windows of one length. A value that any of them lacks is None."""
    return ContainerUse(
        cpu_ms=_over([use.cpu_ms for use in uses], math.fsum),
        cpu_share_of_limit=_over([use.cpu_share_of_limit for use in uses], statistics.fmean),
        throttled_periods=_over([use.throttled_periods for use in uses], sum),
        periods=_over([use.periods for use in uses], sum),
        throttled_ms=_over([use.throttled_ms for use in uses], math.fsum),
        memory_peak_mib=_over([use.memory_peak_mib for use in uses], max),
        memory_mean_mib=_over([use.memory_mean_mib for use in uses], statistics.fmean),
        network_bytes=_over([use.network_bytes for use in uses], sum),
        instructions_user=_over([use.instructions_user for use in uses], sum),
        instructions_kernel=_over([use.instructions_kernel for use in uses], sum),
    )


def _over(values: Sequence[Number | None], join: Callable[[list[Number]], Number]) -> Number | None:
    known = [value for value in values if value is not None]
    return join(known) if known and len(known) == len(values) else None


def _use(
    samples: Samples, bounds: Bounds, cpus: Mapping[Container, float]
) -> dict[Container, ContainerUse]:
    return {
        name: sampler.use(found, bounds.start_epoch_ms / 1e3, bounds.end_epoch_ms / 1e3, cpus[name])
        for name, found in samples.items()
    }
