"""The report's tables as data; terminal, Markdown and HTML render the same ones."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rich import box
from rich.table import Table as RichTable
from rich.text import Text

from levelbench import comparison
from levelbench.comparison import Better
from levelbench.derive import final_trials
from levelbench.report.numbers import (
    UNDEFINED,
    error_rate,
    interval,
    number,
    percent,
    ratio_interval,
    ratio_places,
)
from levelbench.results import (
    CONTAINERS,
    Comparison,
    EndpointResults,
    Estimate,
    Results,
    Run,
    ServiceResults,
    ServiceSummary,
    TrialRecord,
)

Tone = Literal["", "good", "bad", "muted"]


@dataclass(frozen=True)
class Cell:
    """A value, and beneath it what qualifies it: an interval, a role, a failure."""

    text: str
    detail: str | None = None
    tone: Tone = ""


@dataclass(frozen=True)
class Column:
    label: str
    numeric: bool = True


@dataclass(frozen=True)
class Table:
    """Rows begin with their header. A table without rows is left out of every report."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    folded: bool = False
    """Long and of second rank: closed in HTML until somebody opens it."""


# --- the registry: each metric once, for every table, chart and file ----------------------------


@dataclass(frozen=True)
class Metric:
    """A figure of one service under one workload."""

    name: str
    label: str
    unit: str
    better: Better
    read: Callable[[ServiceResults, ServiceSummary], Estimate | None]
    little: bool = False
    """In a closed workload it follows from throughput (Little's law)."""

    @property
    def heading(self) -> str:
        return f"{self.label}, {self.unit}" if self.unit else self.label


METRICS: tuple[Metric, ...] = (
    Metric("throughput_rps", "Throughput", "requests/s", "higher", lambda s, _: s.throughput_rps),
    Metric("latency_mean_ms", "Latency mean", "ms", "lower", lambda s, _: s.latency_mean_ms, True),
    Metric("latency_p50_ms", "Latency p50", "ms", "lower", lambda s, _: s.latency_p50_ms, True),
    Metric("latency_p95_ms", "Latency p95", "ms", "lower", lambda s, _: s.latency_p95_ms, True),
    Metric("latency_p99_ms", "Latency p99", "ms", "lower", lambda s, _: s.latency_p99_ms, True),
    Metric("error_rate", "Errors", "", "lower", lambda s, _: Estimate(value=s.error_rate)),
    Metric(
        "cpu_ms_per_request.service",
        "CPU a request",
        "ms",
        "lower",
        lambda s, _: s.cpu_ms_per_request.service,
    ),
    Metric("floor_ratio", "CPU, times the floor's", "", "lower", lambda s, _: s.floor_ratio),
    Metric("memory_peak_mib", "Memory peak", "MiB", "lower", lambda s, _: s.memory_peak_mib),
    Metric("cold_start_ms", "Cold start", "ms", "lower", lambda _, s: s.cold_start_ms),
)

HEAD_TO_HEAD = (
    "throughput_rps",
    "latency_mean_ms",
    "latency_p95_ms",
    "error_rate",
    "cpu_ms_per_request.service",
    "floor_ratio",
    "memory_peak_mib",
    "cold_start_ms",
)

IN_TERMINAL = (
    "throughput_rps",
    "latency_p95_ms",
    "error_rate",
    "cpu_ms_per_request.service",
    "floor_ratio",
)
"""As many as 80 columns hold."""

ROLE_NOTES = {"reference": "reference, not ranked", "exhibit": "exhibit, not ranked"}
VERDICTS = {
    "faster": "better",
    "slower": "worse",
    "equivalent": "equivalent",
    "inconclusive": "no difference detected at this precision",
}


def metric(name: str) -> Metric:
    return next(metric for metric in METRICS if metric.name == name)


def head_to_head(results: Results, workload: str, metrics: Sequence[str] = HEAD_TO_HEAD) -> Table:
    """A row a contestant, best rank first; every figure with its interval."""
    measured = results.workloads[workload]
    closed = workload == "closed"
    shown = [
        m
        for m in map(metric, metrics)
        if m.name != "floor_ratio" or any(s.floor_ratio for s in measured.services.values())
    ]
    columns = (
        Column("Contestant", numeric=False),
        Column("Rank"),
        *(Column(m.heading + ("†" if closed and m.little else "")) for m in shown),
        Column("Trials"),
    )
    rows = []
    for name in ordered(results, workload):
        service, summary = measured.services[name], results.services[name]
        rows.append(
            (
                _header(name, summary),
                _rank(service, summary),
                *(_figure(m, service, summary) for m in shown),
                Cell(str(service.trials)),
            )
        )
    rows += [  # those that never got as far as the load
        (
            _header(name, summary),
            Cell("failed", tone="bad"),
            *(Cell(UNDEFINED, tone="muted") for _ in shown),
            Cell("0"),
        )
        for name, summary in results.services.items()
        if name not in measured.services and summary.failure
    ]
    notes = [
        "With each figure its 95% confidence interval over trials; none with fewer than 3.",
        f"{UNDEFINED} stands for undefined or not measured, never for zero.",
    ]
    if closed:
        vus = measured.parameters.get("vus", 100)
        notes.insert(
            0,
            f"† In the closed workload the mean latency is {vus} / throughput (Little's law), and "
            "the other latencies follow from it: they tell nothing more than throughput does.",
        )
    return Table(f"Contestants under the {workload} load", columns, tuple(rows), tuple(notes))


def ordered(results: Results, workload: str) -> list[str]:
    """Ranked ones by rank and throughput, then references and exhibits, then the failed."""
    services = results.workloads[workload].services

    def key(name: str) -> tuple[bool, bool, tuple[int, int], float, str]:
        service = services[name]
        return (
            not service.trials,
            results.services[name].role != "contestant",
            service.rank or (len(services), len(services)),
            -(service.throughput_rps.value or 0.0),
            name,
        )

    return sorted(services, key=key)


def _header(name: str, summary: ServiceSummary) -> Cell:
    detail = summary.failure or ROLE_NOTES.get(summary.role)
    return Cell(name, detail, "bad" if summary.failure else "")


def _rank(service: ServiceResults, summary: ServiceSummary) -> Cell:
    if service.rank is None:
        if summary.failure:
            return Cell("failed", tone="bad")
        return Cell("not ranked" if service.trials else "no figure", tone="muted")
    return Cell(rank_text(service.rank))


def rank_text(rank: tuple[int, int]) -> str:
    best, worst = rank
    return str(best) if best == worst else f"{best} to {worst}"


def _figure(metric: Metric, service: ServiceResults, summary: ServiceSummary) -> Cell:
    estimate = metric.read(service, summary)
    if metric.name == "error_rate":
        rate = estimate.value if estimate else None
        return Cell(error_rate(rate), tone="bad" if rate else "")
    return estimate_cell(estimate)


def ratio_cell(estimate: Estimate) -> Cell:
    if estimate.value is None:
        return Cell(UNDEFINED, tone="muted")
    return Cell(number(estimate.value, ratio_places(estimate.value)), ratio_interval(estimate))


def estimate_cell(estimate: Estimate | None) -> Cell:
    if estimate is None or estimate.value is None:
        return Cell(UNDEFINED, tone="muted")
    return Cell(number(estimate.value), interval(estimate))


def comparisons(results: Results, workload: str, primary: str) -> Table:
    """Each pair of ranked contestants by the primary metric, the better one first."""
    rows = []
    for pair in results.workloads[workload].comparisons:
        if pair.metric != primary or not pair.primary:
            continue
        first, second, ratio, verdict = better_first(pair)
        tone: Tone = "good" if verdict == "faster" else "muted"
        rows.append(
            (Cell(f"{first} / {second}"), ratio_cell(ratio), Cell(VERDICTS[verdict], tone=tone))
        )
    rows.sort(key=lambda row: row[0].text)
    shown = metric(primary)
    return Table(
        f"Every pair: {workload}, {shown.label.lower()}",
        (Column("Pair", numeric=False), Column("Ratio"), Column("Verdict", numeric=False)),
        tuple(rows),
        ("Ratios are taken block by block; the intervals hold together at 95% (Bonferroni).",),
    )


def better_first(pair: Comparison) -> tuple[str, str, Estimate, str]:
    """(first, second, ratio, verdict) with the better one first, so that no verdict is `slower`.

    Undecided pairs have the higher value first. The reciprocal of a ratio's interval is the
    interval of the reciprocal.
    """
    lower_is_better = comparison.DIRECTIONS[pair.metric] == "lower"
    value = pair.ratio.value
    turned = pair.verdict == "slower" or (
        pair.verdict != "faster" and value is not None and (value < 1) != lower_is_better
    )
    if not turned:
        return pair.a, pair.b, pair.ratio, pair.verdict
    verdict = "faster" if pair.verdict == "slower" else pair.verdict
    return pair.b, pair.a, reciprocal(pair.ratio), verdict


def reciprocal(ratio: Estimate) -> Estimate:
    bounds = ratio.confidence_interval
    return Estimate.model_validate(
        {
            "value": 1 / ratio.value if ratio.value else None,
            "confidence_interval": {"low": 1 / bounds.high, "high": 1 / bounds.low}
            if bounds
            else None,
        }
    )


def exploratory(results: Results, workload: str, primary: str) -> Table:
    """The pairs by the other metrics, each interval at 95% on its own."""
    rows = []
    for pair in results.workloads[workload].comparisons:
        if pair.metric == primary:
            continue
        first, second, ratio, verdict = better_first(pair)
        rows.append(
            (
                Cell(f"{first} / {second}"),
                Cell(metric(pair.metric).label),
                ratio_cell(ratio),
                Cell(VERDICTS[verdict], tone="good" if verdict == "faster" else "muted"),
            )
        )
    return Table(
        f"Exploratory comparisons: {workload}",
        (
            Column("Pair", numeric=False),
            Column("Metric", numeric=False),
            Column("Ratio"),
            Column("Verdict", numeric=False),
        ),
        tuple(rows),
        ("Each interval holds at 95% on its own: among many, some miss. Not used for ranks.",),
        folded=True,
    )


def endpoints(results: Results, workload: str) -> Table:
    closed = workload == "closed"

    def row(name: str, endpoint: str, figures: EndpointResults) -> tuple[Cell, ...]:
        rate = figures.error_rate
        return (
            Cell(name),
            Cell(endpoint),
            Cell(f"{figures.requests:,}"),
            Cell(error_rate(rate), tone="bad" if rate else ""),
            *(
                estimate_cell(estimate)
                for estimate in (
                    figures.throughput_rps,
                    figures.latency_mean_ms,
                    figures.latency_p50_ms,
                    figures.latency_p95_ms,
                    figures.latency_p99_ms,
                )
            ),
            Cell(_plain(figures.statements_per_request)),
        )

    services = results.workloads[workload].services
    latencies = ("mean", "p50", "p95", "p99")
    return Table(
        f"Each endpoint: {workload}",
        (
            Column("Contestant", numeric=False),
            Column("Endpoint", numeric=False),
            Column("Requests"),
            Column("Errors"),
            Column("Throughput, requests/s"),
            *(Column(f"Latency {part}, ms{'‡' if closed else ''}") for part in latencies),
            Column("Statements a request"),
        ),
        tuple(
            row(name, endpoint, figures)
            for name in ordered(results, workload)
            if services[name].trials
            for endpoint, figures in services[name].endpoints.items()
        ),
        (
            *(
                (
                    "‡ Within the mix every request queues behind all the others: compare the "
                    "endpoints of one contestant, not one endpoint across contestants.",
                )
                if closed
                else ()
            ),
            "A percentile needs 20 requests above it in every trial: p95 400, p99 2,000.",
        ),
    )


def _plain(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:g}"


CONTAINER_LABELS = {
    "service": "Contestant",
    "worker": "Worker",
    "postgres": "PostgreSQL",
    "redis": "Redis",
    "k6": "Load generator",
}


def resources(results: Results, run: Run, workload: str) -> Table:
    """CPU milliseconds a request by container, and how near three of them came to their limit."""
    services = results.workloads[workload].services
    rows = []
    for name in ordered(results, workload):
        service = services[name]
        if not service.trials:
            continue
        own = _valid(run, workload, name)
        shares = [
            [t.resources[c].cpu_share_of_limit for t in own if c in t.resources]
            for c in ("service", "postgres", "k6")
        ]
        rows.append(
            (
                Cell(name),
                *(estimate_cell(getattr(service.cpu_ms_per_request, c)) for c in CONTAINERS),
                *(Cell(percent(_mean(share), 0)) for share in shares),
            )
        )
    return Table(
        f"Where the CPU time goes: {workload}",
        (
            Column("Contestant", numeric=False),
            *(Column(f"{CONTAINER_LABELS[c]}, ms/request") for c in CONTAINERS),
            Column("Contestant's share of its limit"),
            Column("PostgreSQL's share"),
            Column("Load generator's share"),
        ),
        tuple(rows),
        ("Shares are of the CPUs that the container may use, mean over trials.",),
    )


def tasks(results: Results, workload: str) -> Table:
    services = results.workloads[workload].services
    return Table(
        f"Background tasks: {workload}",
        (
            Column("Contestant", numeric=False),
            Column("Accepted"),
            Column("Completed"),
            Column("Lost"),
            Column("Lag p50, ms"),
            Column("Lag p95, ms"),
        ),
        tuple(
            (
                Cell(name),
                Cell(f"{done.accepted:,}"),
                Cell(f"{done.completed:,}"),
                Cell(f"{done.lost:,}", tone="bad" if done.lost else ""),
                estimate_cell(done.lag_p50_ms),
                estimate_cell(done.lag_p95_ms),
            )
            for name in ordered(results, workload)
            if (done := services[name].tasks)
        ),
        (
            "Lag runs from the answer 202 to the end of the task; the queue is drained after the"
            " window. Counts are totals over trials.",
        ),
    )


def validity(results: Results, run: Run, workload: str) -> Table:
    """The worst trial of each contestant against each limit."""
    rows = []
    for name in ordered(results, workload):
        own = [t for t in final_trials(run.trials) if t.workload == workload and t.service == name]
        counts = {s: sum(t.status == s for t in own) for s in ("valid", "invalid", "failed")}
        status = ", ".join(f"{n} {s}" for s, n in counts.items() if n) or "none"
        rows.append(
            (
                Cell(name),
                Cell(status, tone="bad" if counts["failed"] or counts["invalid"] else "good"),
                Cell(percent(_least(t.window.vus_busy_share for t in own if t.window))),
                Cell(percent(_share(own, "k6"), 0)),
                Cell(percent(_share(own, "postgres"), 0)),
                Cell(percent(_throttled(own))),
                _rows_written(own),
            )
        )
    return Table(
        f"Checks: {workload}",
        (
            Column("Contestant", numeric=False),
            Column("Trials", numeric=False),
            Column("VUs kept busy, lowest (97% or more)"),
            Column("Load generator's CPU share, highest (under 70%)"),
            Column("PostgreSQL's CPU share, highest"),
            Column("Throttled periods, highest (5% or less)"),
            Column("Rows written = answers", numeric=False),
        ),
        tuple(rows),
        ("The worst trial of each, the A/A twin's included.",),
    )


def _valid(run: Run, workload: str, name: str) -> list[TrialRecord]:
    return [
        trial
        for trial in final_trials(run.trials)
        if trial.workload == workload and trial.label == name and trial.status == "valid"
    ]


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _mean(values: Iterable[float | None]) -> float | None:
    known = _known(values)
    return sum(known) / len(known) if known else None


def _least(values: Iterable[float | None]) -> float | None:
    return min(_known(values), default=None)


def _share(trials: Sequence[TrialRecord], container: Literal["k6", "postgres"]) -> float | None:
    shares = (t.resources[container].cpu_share_of_limit for t in trials if container in t.resources)
    return max(_known(shares), default=None)


def _throttled(trials: Sequence[TrialRecord]) -> float | None:
    uses = [trial.resources["service"] for trial in trials if "service" in trial.resources]
    return max(
        (
            use.throttled_periods / use.periods
            for use in uses
            if use.periods and use.throttled_periods is not None
        ),
        default=None,
    )


def _rows_written(trials: Sequence[TrialRecord]) -> Cell:
    rows = [trial.rows for trial in trials if trial.rows]
    if not rows:
        return Cell(UNDEFINED, tone="muted")
    equal = all(
        r.users_added == r.registrations_201 and r.tasks_added == r.invoices_202 for r in rows
    )
    return Cell("yes", tone="good") if equal else Cell("no", tone="bad")


def findings(results: Results) -> Table:
    severities = ("error", "warning", "info")
    tones: Mapping[str, Tone] = {"error": "bad", "info": "muted"}
    return Table(
        "Findings",
        (
            Column("Severity", numeric=False),
            Column("Code", numeric=False),
            Column("Cause", numeric=False),
            Column("Remedy", numeric=False),
            Column("Trials", numeric=False),
        ),
        tuple(
            (
                Cell(finding.severity, tone=tones.get(finding.severity, "")),
                Cell(finding.code),
                Cell(finding.cause),
                Cell(finding.remedy),
                Cell(", ".join(map(str, finding.trials)) or "the run"),
            )
            for finding in sorted(results.findings, key=lambda f: severities.index(f.severity))
        ),
    )


def parity(run: Run) -> Table:
    return Table(
        "Parity ledger",
        (
            Column("Rule", numeric=False),
            Column("Contestant", numeric=False),
            Column("Expected", numeric=False),
            Column("Observed", numeric=False),
            Column("Holds", numeric=False),
        ),
        tuple(
            (
                Cell(entry.rule),
                Cell(entry.service),
                Cell(entry.expected),
                Cell(entry.observed),
                Cell("yes", tone="good") if entry.holds else Cell("no", tone="bad"),
            )
            for entry in run.record.parity
        ),
    )


def order(run: Run) -> Table:
    """What ran after what: a line a block, what was not valid marked."""
    by_block: dict[tuple[str, int], list[str]] = {}
    last = {trial.number: trial for trial in final_trials(run.trials)}
    for planned in run.record.plan:
        trial = last.get(planned.number)
        state = trial.status if trial else "not run"
        text = planned.label if state == "valid" else f"{planned.label} ({state})"
        by_block.setdefault((planned.workload, planned.block), []).append(text)
    return Table(
        "Order of trials",
        (
            Column("Block", numeric=False),
            Column("In this order", numeric=False),
        ),
        tuple(
            (Cell(f"{workload} {block}"), Cell(", ".join(labels)))
            for (workload, block), labels in by_block.items()
        ),
        (f"Drawn at random within each block, from seed {run.record.seed}.",),
    )


def claims(results: Results) -> Table:
    return Table(
        "Claims against the measurement",
        tuple(
            Column(label, numeric=False)
            for label in ("Claim", "Claimed", "Measured", "Verdict", "Why")
        ),
        tuple(
            (
                Cell(claim.id),
                Cell(claim.claimed),
                Cell(claim.measured),
                Cell(claim.verdict),
                Cell(claim.why),
            )
            for claim in results.claims
        ),
    )


def environment(run: Run) -> Table:
    place = run.record.environment
    record = run.record
    lines = {
        "Processor": place.cpu_model,
        "Cores": str(place.cores),
        "Memory": None if place.memory_mib is None else f"{place.memory_mib:,.0f} MiB",
        "Kernel": place.kernel,
        "Container engine": place.engine,
        "Control groups": place.cgroup,
        "Cores given": ", ".join(f"{name} {cpus}" for name, cpus in place.topology.items()),
        "Commit": place.git_commit,
        "Started": f"{record.started_at:%Y-%m-%d %H:%M:%S} UTC",
        "Finished": f"{record.finished_at:%Y-%m-%d %H:%M:%S} UTC" if record.finished_at else None,
    }
    settings = sorted({pair for t in run.trials for pair in t.postgres_settings.items()})
    if settings:
        lines["PostgreSQL settings"] = ", ".join(f"{name} = {value}" for name, value in settings)
    return Table(
        "Environment",
        (Column("What", numeric=False), Column("Found", numeric=False)),
        tuple((Cell(name), Cell(value or UNDEFINED)) for name, value in lines.items()),
    )


def parameters(results: Results, workload: str) -> Table:
    def text(value: object) -> str:
        if isinstance(value, dict):
            return ", ".join(f"{key} {part}" for key, part in value.items())
        return str(value)

    return Table(
        f"Parameters: {workload}",
        (Column("Parameter", numeric=False), Column("Value", numeric=False)),
        tuple(
            (Cell(name), Cell(text(value)))
            for name, value in results.workloads[workload].parameters.items()
        ),
    )


def versions(run: Run) -> Table:
    place = run.record.environment
    rows = [(Cell(name), Cell(version)) for name, version in place.versions.items()]
    for name, service in run.record.services.items():
        locked = ", ".join(f"{package} {version}" for package, version in service.packages.items())
        rows.append((Cell(f"{name} ({service.interface})"), Cell(locked or UNDEFINED)))
    return Table(
        "Versions",
        (Column("What", numeric=False), Column("Version", numeric=False)),
        tuple(rows),
    )


def images(run: Run) -> Table:
    return Table(
        "Images",
        (
            Column("Name", numeric=False),
            Column("Reference", numeric=False),
            Column("Digest, or id of a local build", numeric=False),
        ),
        tuple(
            (Cell(name), Cell(image.reference), Cell(image.digest or image.id or UNDEFINED))
            for name, image in run.record.environment.images.items()
        ),
    )


# --- the terminal ---------------------------------------------------------------------------

RICH_STYLES: Mapping[Tone, str] = {"": "", "good": "green", "bad": "red", "muted": "dim"}


def to_rich(table: Table) -> RichTable:
    """For the terminal. Text objects and not markup: a name may hold brackets."""
    rich = RichTable(
        title=Text(table.caption),
        caption=Text("\n".join(table.notes)),
        caption_justify="left",
        caption_style="dim",
        box=box.SIMPLE_HEAD,
    )
    for position, column in enumerate(table.columns):
        justify: Literal["right", "left"] = "right" if column.numeric else "left"
        rich.add_column(Text(column.label), justify=justify, no_wrap=position == 0)
    for row in table.rows:
        rich.add_row(*(_rich_cell(cell) for cell in row))
    return rich


def _rich_cell(cell: Cell) -> Text:
    text = Text(cell.text, style=RICH_STYLES[cell.tone])
    if cell.detail:
        text.append(f"\n{cell.detail}", style="dim")
    return text
