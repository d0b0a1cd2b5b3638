"""Sweep results: each value of a setting as a ratio to the declared one, and the best values."""

from collections.abc import Sequence
from math import comb

from levelbench.analysis import estimates, verdict
from levelbench.model import workloads
from levelbench.model.folder import Run
from levelbench.model.metric import Metric
from levelbench.model.run import RunRecord
from levelbench.model.sweep import Sweep, SweptLoad, SweptValue
from levelbench.model.trial import TrialRecord


def of_run(run: Run, trials: Sequence[TrialRecord]) -> Sweep | None:
    """The sweep of a run, from its final trials; None of a run without one."""
    asked = run.record.choices.sweep
    if asked is None:
        return None
    loads = {name: _of_workload(run.record, trials, name) for name in run.record.workloads}
    return Sweep(**dict(asked), workloads=loads)


def _of_workload(record: RunRecord, trials: Sequence[TrialRecord], name: str) -> SweptLoad:
    """Ratios by every metric that contestants are compared by; the best values by the primary one,
    with one family of comparisons over all values."""
    asked, workload = record.choices.sweep, workloads.of(name)
    assert asked is not None
    under = [one for one in trials if one.workload == name]
    failed = {one.service for one in under if one.status == "failed"}
    own = {
        label: [one for one in under if one.label == label]
        for label in asked.ordered
        if label not in failed
    }

    def observed(metric: Metric) -> dict[str, verdict.Observations]:
        read = {label: estimates.observations(found, metric) for label, found in own.items()}
        return {label: found for label, found in read.items() if found}

    by_metric = {metric: observed(metric) for metric in workload.metrics}
    primary = by_metric[workload.primary]
    values = {}
    for label in primary:
        pairs = {
            metric.name: verdict.paired(found[label], found[asked.service])
            for metric, found in by_metric.items()
            if label != asked.service and {label, asked.service} <= found.keys()
        }
        values[label] = SweptValue(
            blocks=len(primary[label].keys() & primary.get(asked.service, {}).keys()),
            ratios={metric: verdict.ratio(both) for metric, both in pairs.items() if both},
        )
    limits = record.statistics
    compared = verdict.compare(
        workload.primary,
        primary,
        frozenset(primary),
        verdict.Tie(limits.tie_threshold),
        family=comb(len(asked.values), 2),  # losing a value narrows no interval of the others
        blocks_min=limits.verdict_blocks_min,
    )
    beaten = {one.b for one in compared if one.verdict == "better"}
    beaten |= {one.a for one in compared if one.verdict == "worse"}
    return SweptLoad(values=values, best=tuple(one for one in primary if one not in beaten))
