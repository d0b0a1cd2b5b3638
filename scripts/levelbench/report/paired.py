"""Compare a contestant with itself at another commit (`make bench-paired`)."""

from collections.abc import Sequence

from levelbench.analysis.text import ratio_text
from levelbench.model import metrics, workloads
from levelbench.model.results import Comparison, Results
from levelbench.report import verdicts
from levelbench.report.words import FEW, noun


def against_base(results: Results, name: str, base: str) -> list[tuple[str, Comparison]]:
    """Workload and comparison, by each workload's primary metric; the ratio is head / base."""
    return [
        (workload, pair)
        for workload, measured in results.workloads.items()
        for pair in measured.comparisons
        if pair.metric == workloads.of(workload).primary.name and (pair.a, pair.b) == (name, base)
    ]


def is_worse(found: Sequence[tuple[str, Comparison]]) -> bool:
    """Whether the head is worse on any workload, beyond a tie."""
    return any(pair.verdict == "worse" for _, pair in found)


def sentences(found: Sequence[tuple[str, Comparison]], name: str, base: str) -> list[str]:
    """One sentence per comparison, or the reason why there is none."""
    if not found:
        return [
            f"{name} cannot be compared with {base}: both need a valid measurement in one round."
        ]
    return [_sentence(workload, pair) for workload, pair in found]


def _sentence(workload: str, pair: Comparison) -> str:
    where = f"{workload}, {pair.endpoint}" if pair.endpoint else workload
    label = noun(metrics.of(pair.metric).label)
    if pair.ratio.value is None:
        return f"{where}: {pair.a} and {pair.b} have no round with a {label} in common."
    verdict = FEW
    if pair.ratio.confidence_interval:
        verdict = verdicts.of(pair.verdict, pair.ratio, pair.metric)
    ratio = ratio_text(pair.ratio)
    return f"{where}: {label} of {pair.a} is {ratio} times that of {pair.b}: {verdict}."
