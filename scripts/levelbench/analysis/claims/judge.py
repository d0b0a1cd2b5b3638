"""Judge each claim of the article by a run's results."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from levelbench.analysis.claims import rulings
from levelbench.analysis.claims.article import (
    Article,
    Kind,
    Pair,
    PublishedClaim,
    Verdict,
    article,
)
from levelbench.analysis.claims.views import (
    EQUAL_LOAD,
    NOT_MEASURED,
    THREE,
    Reading,
    View,
    figures,
    read,
)
from levelbench.analysis.stats import MIN_TRIALS
from levelbench.analysis.text import TOO_FEW, display_name, ratio_text
from levelbench.model.results import Claim, Results


class Judgement(NamedTuple):
    measured: str
    verdict: Verdict
    reason: str


class Part(NamedTuple):
    """The verdict of one view."""

    view: str
    figures: str
    verdict: Verdict
    tied: bool = False
    """The claim holds although no difference was detected."""
    opposite: bool = False
    """The claim does not hold and its opposite is shown."""


Reasons = Mapping[Verdict, str]

BY_SIZE: Reasons = {
    "holds": "Within 10% of the claim",
    "direction_only": "Right direction and beyond the tie threshold, but a different size",
    "does_not_hold": "Neither the claimed size nor the claimed direction is shown",
}
BY_DIRECTION: Reasons = {
    "holds": "Right direction and beyond the tie threshold",
    "does_not_hold": "The claimed direction is not shown",
}
BY_ORDER: Reasons = {
    "holds": "Each within 10% of the claim",
    "direction_only": "Right order, but different sizes",
    "does_not_hold": "Neither the claimed sizes nor the claimed order is shown",
}
UNDECIDED = "This run has no measurement that decides it."
OPPOSITE = "The opposite is shown"
TIED = "No difference beyond a tie is shown, although the claim holds"
NOT_DECIDED = "Not decided by this run"


def judged(results: Results) -> Results:
    """Add the judged claims to a run's results."""
    return Results.model_validate({**dict(results), "claims": tuple(judge(results))})


def judge(results: Results) -> Sequence[Claim]:
    """Judge all claims, in the article's order."""
    published = article()
    return [_claim(published, claim, results) for claim in published.claims]


def _claim(published: Article, claim: PublishedClaim, results: Results) -> Claim:
    found = JUDGES[claim.kind](published, claim, results)
    return Claim(
        id=claim.id,
        claimed=_claimed(claim, results),
        measured=found.measured,
        verdict=found.verdict,
        why=f"{found.reason} {claim.remark}".strip(),
    )


def _claimed(claim: PublishedClaim, results: Results) -> str:
    sizes = [
        f"{_pair(pair, results)} {'at least ' if pair.ratio_at_least else ''}{size:.4g}"
        for pair in claim.pairs
        if (size := pair.ratio or pair.ratio_at_least)
    ]
    return f"{claim.text} ({', '.join(sizes)})" if sizes else claim.text


def _pair(pair: Pair, results: Results) -> str:
    """`Starlette / FastAPI`."""
    return " / ".join(display_name(results, name) for name in (pair.numerator, pair.denominator))


def _ratios(views: Sequence[View], reasons: Reasons) -> "Judge":
    def judge(published: Article, claim: PublishedClaim, results: Results) -> Judgement:
        return _judgement([_ratio_part(claim, view, results) for view in views], reasons)

    return judge


def _ratio_part(claim: PublishedClaim, view: View, results: Results) -> Part:
    readings = [
        read(results, view, claim.metric, pair.numerator, pair.denominator) for pair in claim.pairs
    ]
    texts = [_reading(reading) for reading in readings]
    if len(set(texts)) > 1:
        texts = [
            f"{_pair(pair, results)} {text}" for pair, text in zip(claim.pairs, texts, strict=True)
        ]
    else:
        texts = texts[:1]
    verdicts = list(map(rulings.of_ratio, claim.pairs, readings))
    decided = [
        (pair, verdict, reading.shown)
        for pair, verdict, reading in zip(claim.pairs, verdicts, readings, strict=True)
    ]
    return Part(
        view.title(results),
        ", ".join(texts),
        rulings.weakest(verdicts),
        tied=any(verdict == "holds" and shown is None for _, verdict, shown in decided),
        opposite=any(
            verdict == "does_not_hold" and shown not in (None, pair.direction)
            for pair, verdict, shown in decided
        ),
    )


def _reading(reading: Reading) -> str:
    """`1.41 (1.39 to 1.42)`, with the reason where the ratio decides nothing."""
    if reading.ratio.value is None:
        return reading.silence or NOT_MEASURED
    text = ratio_text(reading.ratio)
    return f"{text}, {reading.silence}" if reading.silence else text


def _errors(published: Article, claim: PublishedClaim, results: Results) -> Judgement:
    return _judgement([_error_part(published, view, results) for view in THREE], BY_ORDER)


def _error_part(published: Article, view: View, results: Results) -> Part:
    view = view.of(results)
    title, measured = view.title(results), view.measured(results)
    if measured is None:
        return Part(title, NOT_MEASURED, "not_measured")
    claimed = {name: row.error_rate for name, row in published.measured.items()}
    seen, texts, missing, expected = {}, [], [], 0.0
    for name, rate in claimed.items():
        service = measured.services.get(name)
        found = figures(view, service) if service else None
        shown = display_name(results, name)
        if service is None or found is None or found.error_rate is None:
            missing.append(shown)
            continue
        seen[name] = found.error_rate
        texts.append(f"{shown} {100 * found.error_rate:.2g}% of {found.requests:,}")
        expected += rate * found.requests
        if service.trials < MIN_TRIALS:
            missing.append(shown)
    if not seen:
        return Part(title, "no contestant of the article was measured", "not_measured")
    text = (
        f"{', '.join(texts)}; at the claimed rates {expected:,.0f} of these requests would have "
        "failed"
    )
    if missing:
        return Part(title, f"{text}; {TOO_FEW} of {', '.join(missing)}", "not_measured")
    if not results.valid:
        return Part(title, f"{text}; the run is not valid", "not_measured")
    return Part(title, text, rulings.of_rates(claimed, seen))


def _judgement(parts: Sequence[Part], reasons: Reasons) -> Judgement:
    """The weakest verdict of the measured views, with the views behind each verdict."""
    verdict = rulings.weakest(part.verdict for part in parts)
    if verdict == "not_measured":
        return Judgement(_measured(parts), verdict, UNDECIDED)
    by_reason = {
        **{
            reason: [part.view for part in parts if part.verdict == of]
            for of, reason in reasons.items()
        },
        OPPOSITE: [part.view for part in parts if part.opposite],
        TIED: [part.view for part in parts if part.tied],
        NOT_DECIDED: [part.view for part in parts if part.verdict == "not_measured"],
    }
    sentences = [f"{reason}: {', '.join(views)}." for reason, views in by_reason.items() if views]
    return Judgement(_measured(parts), verdict, " ".join(sentences))


def _measured(parts: Sequence[Part]) -> str:
    """The figures of each view, or one text where no view was measured."""
    if {part.figures for part in parts} == {NOT_MEASURED}:
        return NOT_MEASURED
    return "; ".join(f"{part.view}: {part.figures}" for part in parts)


def _effort(published: Article, claim: PublishedClaim, results: Results) -> Judgement:
    """Lines and complexity of the endpoints' code, as counted in the run."""
    texts = []
    for endpoint in claim.endpoints:
        counted = [
            f"{service.display_name} {size.lines} lines (complexity {size.complexity})"
            for name in published.measured
            if (service := results.services.get(name))
            and service.code
            and (size := service.code.endpoints.get(endpoint))
        ]
        if counted:
            texts.append(f"{endpoint}: {', '.join(counted)}")
    measured = "; ".join(texts) or "no code was counted in this run"
    return Judgement(measured, _without_measuring(claim), "")


def _tasks(published: Article, claim: PublishedClaim, results: Results) -> Judgement:
    """Background tasks accepted and lost; contestants that can run tasks in their own process."""
    texts = []
    for name in published.measured:
        tasks = [
            service.tasks
            for workload in results.workloads.values()
            if (service := workload.services.get(name)) and service.tasks
        ]
        if tasks:
            accepted, lost = sum(t.accepted for t in tasks), sum(t.lost for t in tasks)
            shown = display_name(results, name)
            texts.append(f"{shown}: {accepted:,} tasks accepted, {lost:,} lost")
    in_process = [
        summary.display_name
        for name in published.measured
        if (summary := results.services.get(name))
        and (own := (summary.included or {}).get("background-tasks"))
        and own.shown
    ]
    if in_process:
        texts.append(f"can run tasks in the server process: {', '.join(in_process)}")
    return Judgement("; ".join(texts) or NOT_MEASURED, _without_measuring(claim), "")


def _contract(published: Article, claim: PublishedClaim, results: Results) -> Judgement:
    """Contestants that pass or fail the contract, which includes bad input."""
    words = {True: "passes the contract", False: "fails the contract"}
    texts = [
        f"{service.display_name} {words[service.verified]}"
        for name in published.measured
        if (service := results.services.get(name)) and service.verified is not None
    ]
    return Judgement("; ".join(texts) or NOT_MEASURED, _without_measuring(claim), "")


def _without_measuring(claim: PublishedClaim) -> Verdict:
    return "inconsistent" if claim.contradicted else "not_measurable"


Judge = Callable[[Article, PublishedClaim, Results], Judgement]

JUDGES: dict[Kind, Judge] = {
    "ratio": _ratios(THREE, BY_SIZE),
    "equal_load": _ratios(EQUAL_LOAD, BY_DIRECTION),
    "errors": _errors,
    "effort": _effort,
    "tasks": _tasks,
    "contract": _contract,
}
