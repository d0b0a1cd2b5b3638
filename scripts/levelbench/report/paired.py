"""Sentences of `make bench-paired`: a contestant compared with itself at another commit."""

from levelbench.analysis.text import display_name
from levelbench.analysis.two_runs.paired import Judged, Paired
from levelbench.model import metrics
from levelbench.model.paired import PairedInstructions
from levelbench.model.results import Results
from levelbench.report import counted, markdown, regression, verdicts
from levelbench.report.charts.pairs import picture
from levelbench.report.tables import counted as tables
from levelbench.report.words import FEW, capital, join, load_name, noun


def sentences(results: Results, found: Paired) -> list[str]:
    """One sentence per comparison, or the reason why there is none; the state comes last."""
    name, base = (display_name(results, one) for one in (found.name, found.base))
    if not found.judged:
        texts = [
            f"{name} cannot be compared with {base}: both need a valid measurement in one round."
        ]
    else:
        texts = [f"{capital(_sentence(results, judged))}." for judged in found.judged]
    return [*texts, _outcome(name, found)]


def to_markdown(results: Results, found: Paired) -> str:
    """The same with the pictures, for the page of a job and the comment on a pull request."""
    *texts, outcome = sentences(results, found)
    name, base = (markdown.escape(display_name(results, one)) for one in (found.name, found.base))
    loads = dict.fromkeys(judged.workload for judged in found.judged if not judged.pair.endpoint)
    drawn = [plot for workload in loads if (plot := picture(results, workload, first=found.name))]
    parts = [
        f"## {name} compared with {base}",
        f"**{markdown.escape(outcome)}**",
        *map(markdown.escape, texts),
        *map(markdown.drawing, drawn),
    ]
    return "\n\n".join(parts) + "\n"


def counts_to_markdown(results: Results, found: PairedInstructions) -> str:
    """What the counts of head and base decide, with the functions that changed most."""
    *texts, outcome = counted.sentences(results, found)
    name, base = (markdown.escape(display_name(results, one)) for one in (found.head, found.base))
    parts = [
        f"## Instructions of {name} compared with {base}",
        f"**{markdown.escape(outcome)}**",
        *(markdown.escape(text) for text in (*texts, counted.NOT_TIME)),
        markdown.of_tables(*tables.all_of(results, found)),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _sentence(results: Results, judged: Judged) -> str:
    """`At full speed (closed), FastAPI served 10% fewer requests than FastAPI at 0123abc (...)`."""
    pair = judged.pair
    at = _place(judged)
    if pair.ratio.value is None:
        label = noun(metrics.of(pair.metric).label)
        return f"{at}, the two have no round with a {label} in common"
    if pair.ratio.confidence_interval is None:
        return f"{at}, {FEW}"
    if not results.publishable:
        size = verdicts.amount(pair.ratio, pair.ratio.value, pair.metric)
        return f"{at}, not decided: {size} ({verdicts.extent(pair.ratio)})"
    return f"{at}, {verdicts.sentence(results, pair, first=pair.a)}"


def _outcome(name: str, found: Paired) -> str:
    if found.state == "slower":
        slower = [_place(judged) for judged in found.judged if judged.state == "slower"]
        return regression.slower([f"{name} {join(slower)}"])
    return regression.without_slower(
        found.state, [judged.slowdown for judged in found.judged], found.margin, found.reserves
    )


def _place(judged: Judged) -> str:
    """`at full speed (closed)`, `on list`."""
    endpoint = judged.pair.endpoint
    return f"on {endpoint}" if endpoint else f"at {load_name(judged.workload)}"
