"""A contestant against itself at another commit: what is said of it, and whether it is worse."""

from collections.abc import Sequence

from levelbench.analysis.text import ratio_text
from levelbench.model import metrics, workloads
from levelbench.model.results import Comparison, Results
from levelbench.report import verdicts


def against_base(results: Results, name: str, base: str) -> list[tuple[str, Comparison]]:
    """Workload and comparison, by each workload's primary metric; the ratio is head / base."""
    return [
        (workload, pair)
        for workload, measured in results.workloads.items()
        for pair in measured.comparisons
        if pair.metric == workloads.of(workload).primary.name and (pair.a, pair.b) == (name, base)
    ]


def is_worse(found: Sequence[tuple[str, Comparison]]) -> bool:
    """Whether the head is worse by any of them, beyond the tie."""
    return any(pair.verdict == "worse" for _, pair in found)


def sentences(found: Sequence[tuple[str, Comparison]], name: str, base: str) -> list[str]:
    """One for each comparison; or why there is none."""
    if not found:
        return [f"{name} could not be held against {base}: both need a valid trial in one block."]
    return [_sentence(workload, pair) for workload, pair in found]


def _sentence(workload: str, pair: Comparison) -> str:
    where = f"{workload}, {pair.endpoint}" if pair.endpoint else workload
    label = metrics.of(pair.metric).label.lower()
    if pair.ratio.value is None:
        return f"{where}: {pair.a} and {pair.b} share no block with a {label}."
    verdict = "too few trials to tell a difference from noise"
    if pair.ratio.confidence_interval:
        verdict = verdicts.of(pair.verdict, pair.ratio, pair.metric)
    said = ratio_text(pair.ratio)
    return f"{where}: {pair.a}'s {label} was {said} times {pair.b}'s: {verdict}."
