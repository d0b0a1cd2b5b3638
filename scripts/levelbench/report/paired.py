"""Sentences of `make bench-paired`: a contestant compared with itself at another commit."""

from levelbench.analysis.text import ratio_text
from levelbench.analysis.two_runs.paired import Judged, Paired
from levelbench.model import metrics
from levelbench.report import markdown, regression, verdicts
from levelbench.report.words import FEW, noun


def sentences(found: Paired) -> list[str]:
    """One sentence per comparison, or the reason why there is none; the state comes last."""
    if not found.judged:
        texts = [
            f"{found.name} cannot be compared with {found.base}: both need a valid measurement in "
            "one round."
        ]
    else:
        texts = [_sentence(judged, found.blocks_min) for judged in found.judged]
    return [*texts, _outcome(found)]


def to_markdown(found: Paired) -> str:
    """The same for the page of a job."""
    *texts, outcome = sentences(found)
    head = f"## {found.name} compared with {found.base}"
    return (
        "\n\n".join([head, f"**{markdown.escape(outcome)}**", *map(markdown.escape, texts)]) + "\n"
    )


def _sentence(judged: Judged, blocks_min: int) -> str:
    pair = judged.pair
    where = f"{judged.workload}, {pair.endpoint}" if pair.endpoint else judged.workload
    label = noun(metrics.of(pair.metric).label)
    if pair.ratio.value is None:
        return f"{where}: {pair.a} and {pair.b} have no round with a {label} in common."
    verdict = FEW
    if pair.ratio.confidence_interval:
        verdict = verdicts.thin(pair, blocks_min) or verdicts.of(
            pair.verdict, pair.ratio, pair.metric
        )
    ratio = ratio_text(pair.ratio)
    return f"{where}: {label} of {pair.a} is {ratio} times that of {pair.b}: {verdict}."


def _outcome(found: Paired) -> str:
    if found.state == "slower":
        slower = [_place(judged) for judged in found.judged if judged.state == "slower"]
        return regression.slower([f"{found.name} ({', '.join(slower)})"])
    return regression.without_slower(
        found.state, [judged.slowdown for judged in found.judged], found.margin, found.reserves
    )


def _place(judged: Judged) -> str:
    return f"{judged.workload}: {judged.pair.endpoint}" if judged.pair.endpoint else judged.workload
