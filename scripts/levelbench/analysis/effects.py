"""Main effects of factors: variants as ratios to the contestants that they extend."""

import math
from collections.abc import Iterator, Mapping, Sequence

from levelbench.analysis import estimates, instructions, verdict
from levelbench.analysis.verdict import Observations
from levelbench.model.folder import Run
from levelbench.model.metrics import CAPACITY
from levelbench.model.results import Effect
from levelbench.model.run import ServiceRecord
from levelbench.model.traits import Trait
from levelbench.model.trial import TrialRecord
from levelbench.model.variant import FACTOR_OF, FACTORS
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.model.workloads import Workload

INSTRUCTIONS = "instructions"
Level = tuple[Trait, str]
"""A trait and the value that a variant gives it."""


def of_workload(
    records: Mapping[str, ServiceRecord],
    measured: Mapping[str, Sequence[TrialRecord]],
    workload: Workload,
) -> Iterator[Effect]:
    """Effects under one workload, by every metric that contestants are compared by."""
    parts: Sequence[Endpoint | None] = ENDPOINTS if workload.alone else (None,)
    for metric in workload.metrics:
        for part in parts:
            observed = {
                label: estimates.observations(own, metric, part) for label, own in measured.items()
            }
            yield from of_metric(records, observed, metric.name, part, combined=metric != CAPACITY)


def of_counts(run: Run) -> Iterator[Effect]:
    """Effects on instructions per request of each endpoint: a hash seed has the same effect on a
    variant and on its parent."""
    for endpoint in ENDPOINTS:
        observed: dict[str, dict[int, float]] = {}
        for count in run.counts:
            if (found := instructions.per_request(count, endpoint)) is not None:
                observed.setdefault(count.service, {})[count.seed] = found.value
        yield from of_metric(run.record.services, observed, INSTRUCTIONS, endpoint)


def of_metric(
    records: Mapping[str, ServiceRecord],
    observed: Mapping[str, Observations],
    metric: str,
    endpoint: Endpoint | None,
    *,
    combined: bool = True,
) -> Iterator[Effect]:
    """Effects by one metric: of each variant, then with `combined` of each level that several have.

    `observed`: label -> observations, by block or by hash seed.
    """
    for (trait, value), variants in _levels(records, observed).items():
        pairs = [
            verdict.paired(observed[name], observed[parent]) for name, parent in variants.items()
        ]
        found: list[tuple[tuple[str, ...], list[tuple[float, float]]]] = [
            ((name,), own) for name, own in zip(variants, pairs, strict=True)
        ]
        if combined and len(variants) > 1:
            each = [_ratios(observed[name], observed[parent]) for name, parent in variants.items()]
            found.append((tuple(variants), _means(each)))
        for names, own in found:
            if own:
                yield Effect(
                    factor=FACTOR_OF[trait],
                    trait=trait,
                    level=value,
                    variants=names,
                    metric=metric,
                    endpoint=endpoint,
                    ratio=verdict.ratio(own),
                    blocks=len(own),
                )


def _levels(
    records: Mapping[str, ServiceRecord], observed: Mapping[str, Observations]
) -> dict[Level, dict[str, str]]:
    """Level -> variant -> parent, of those that were observed, in the order of the factors."""
    found: dict[Level, dict[str, str]] = {}
    for name, record in records.items():
        variant = record.variant
        if variant and {name, variant.extends} <= observed.keys():
            trait = variant.changes[0]
            level = (trait, str(record.traits[trait]))
            found.setdefault(level, {})[name] = variant.extends
    order = sorted(found, key=lambda level: (FACTORS.index(FACTOR_OF[level[0]]), level))
    return {level: found[level] for level in order}


def _ratios(variant: Observations, parent: Observations) -> dict[int, float]:
    """Block -> ratio, where both have a value."""
    return {
        block: variant[block] / parent[block]
        for block in variant.keys() & parent.keys()
        if variant[block] and parent[block]
    }


def _means(each: Sequence[Mapping[int, float]]) -> list[tuple[float, float]]:
    """The geometric mean of several ratios in each block that all have, as pairs with 1."""
    common = sorted(set.intersection(*(set(one) for one in each)))
    return [
        (math.exp(math.fsum(math.log(one[block]) for one in each) / len(each)), 1.0)
        for block in common
    ]
