"""Results of one workload: its services, compared with each other and with the reference."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from math import comb

from levelbench.analysis import effects, estimates, published, service, stats, verdict
from levelbench.analysis.published import Leads
from levelbench.analysis.service import Reference
from levelbench.model import workloads
from levelbench.model.folder import Run
from levelbench.model.metric import Metric
from levelbench.model.metrics import THROUGHPUT
from levelbench.model.results import Comparison, Coverage, Split, WorkloadResults
from levelbench.model.trial import TrialRecord
from levelbench.model.vocabulary import COMPARED, ENDPOINTS, Endpoint
from levelbench.model.workloads import Workload

Trials = Mapping[str, Sequence[TrialRecord]]
"""Label -> its trials under the workload."""


def of_workload(
    run: Run, name: str, trials: Sequence[TrialRecord], leads: Leads
) -> WorkloadResults:
    """Results from the final trials of a run. Isolated endpoints have comparisons of their own and
    no ranks: an order over all endpoints would depend on their weights."""
    record = run.record
    by_label = _by_label(run, name, trials)
    services = {label: own for label, own in by_label.items() if label in record.services}
    measured = {
        label: own for label, own in services.items() if any(t.status == "valid" for t in own)
    }
    workload = workloads.of(name)
    alone = workload.alone
    noise = (estimates.control_of_all if alone else estimates.control)(by_label, workload.primary)
    comparisons = tuple(_comparisons(run, services, measured, workload))

    ranks: dict[str, tuple[int, int]] = {}
    if not alone:
        trusted = not verdict.untrusted(
            noise.ratio if noise else None, record.statistics.control_limit
        )
        ranked = _ranked(run, measured, None)
        order = sorted(ranked | _lost(run, services))
        ranges = verdict.rank_ranges(order, comparisons if trusted else [])
        ranks = {
            label: places
            for label, places in ranges.items()
            if label in ranked and record.services[label].role == "contestant"
        }
    references = {
        record.services[label].traits.get("interface"): Reference(label, measured[label])
        for label in sorted(measured, reverse=True)
        if record.services[label].role == "reference"
    }
    only = next(iter(references.values())) if len(references) == 1 else None
    adjusted = _unlike(measured)

    @cache
    def factors(metric: Metric, endpoint: Endpoint | None) -> Mapping[str, float]:
        if not adjusted:
            return {}
        return stats.block_factors(
            {
                label: estimates.observations(found, metric, endpoint)
                for label, found in measured.items()
            }
        )

    own = [trial for trial in run.trials if trial.workload == name]
    blocks = {trial.block for trial in own}
    begun = [p for p in record.plan if p.workload == name and p.block in blocks]
    return WorkloadResults(
        parameters=record.workloads[name],
        coverage=Coverage(
            planned=len(begun),
            valid=sum(t.status == "valid" for found in by_label.values() for t in found),
            blocks=len(blocks),
            rerun=len({trial.block for trial in own if trial.attempt > 1}),
        ),
        services={
            label: service.of_service(
                label,
                services[label],
                references.get(record.services[label].traits.get("interface"), only),
                ranks.get(label),
                workload,
                sum(planned.label == label for planned in begun),
                factors,
            )
            for label in record.services
            if label in services
        },
        adjusted=adjusted,
        comparisons=comparisons,
        control=noise,
        effects=tuple(effects.of_workload(record.services, measured, workload)),
        published=_published(run, measured, leads) if workload.saturates and not alone else (),
    )


def _unlike(measured: Trials) -> bool:
    """Whether services have valid trials in different blocks."""
    blocks = [{t.block for t in own if t.status == "valid"} for own in measured.values()]
    return any(own != blocks[0] for own in blocks)


def _published(run: Run, measured: Trials, leads: Leads) -> tuple[Split, ...]:
    """Splits of published leads. Only a load that saturates has them: an open load offers all the
    same."""
    records = run.record.services
    exhibits = {exhibit.extends: label for label in measured if (exhibit := records[label].exhibit)}
    observed = {label: estimates.observations(own, THROUGHPUT) for label, own in measured.items()}
    return published.splits(leads, exhibits, observed)


def _by_label(run: Run, workload: str, trials: Sequence[TrialRecord]) -> Trials:
    by_label: dict[str, list[TrialRecord]] = {}
    for planned in run.record.plan:  # a service that never ran still has its row
        if planned.workload == workload:
            by_label.setdefault(planned.label, [])
    for trial in trials:
        if trial.workload == workload:
            by_label.setdefault(trial.label, []).append(trial)
    return by_label


def _comparisons(
    run: Run, services: Trials, measured: Trials, workload: Workload
) -> Iterator[Comparison]:
    """Comparisons, those by the primary metric first: one family over all pairs and endpoints.

    Contestants that lost all their trials belong to the family, so that losing one narrows no
    interval of the others.
    """
    parts: Sequence[Endpoint | None] = ENDPOINTS if workload.alone else (None,)
    ranked = {part: _ranked(run, measured, part) for part in parts}
    lost = len(_lost(run, services))
    family = sum(comb(len(names) + lost, 2) for names in ranked.values())
    limits = run.record.statistics
    for metric in workload.metrics:
        for part in parts:
            observed = {
                label: estimates.observations(own, metric, part)
                for label, own in measured.items()
                if run.record.services[label].role != "variant"  # see effects
            }
            if metric.optional and not any(observed.values()):
                continue
            yield from verdict.compare(
                metric,
                observed,
                ranked[part],
                verdict.Tie(limits.tie_threshold),
                family=family if metric == workload.primary else 0,
                blocks_min=limits.verdict_blocks_min,
                same_as=THROUGHPUT if workload.saturates and metric.same_as_throughput else None,
                endpoint=part,
            )


def _ranked(run: Run, measured: Trials, part: Endpoint | None) -> frozenset[str]:
    """The services that are compared: by one isolated endpoint, or by a mix."""
    return frozenset(
        label
        for label, own in measured.items()
        if run.record.services[label].role in COMPARED and not _unranked(own, part)
    )


def _lost(run: Run, services: Trials) -> frozenset[str]:
    """The contestants that neither gave a value nor failed: all their trials were disturbed, and
    their place among the others is unknown."""
    return frozenset(
        label
        for label, own in services.items()
        if run.record.services[label].role in COMPARED
        and not any(trial.status in ("valid", "failed") for trial in own)
    )


def _unranked(trials: Sequence[TrialRecord], part: Endpoint | None) -> bool:
    """Whether a contestant failed a trial, or the database was its limit."""
    return any(trial.status == "failed" for trial in trials) or estimates.database_bound(
        trials, part
    )
