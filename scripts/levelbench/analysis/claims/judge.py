"""Judge each claim of the article by a run's results."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from levelbench.analysis import stats
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
    name_of,
    read,
    unusable,
)
from levelbench.analysis.text import ratio_text
from levelbench.model.estimate import Interval
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
    reasons: Mapping[str, str]
    """The pair, or the view where there is none -> the one reason for its verdict."""
    absent: bool = False
    """The run did not plan to measure this view."""


SIZES: dict[Verdict, str] = {
    "holds": "Within 10% of the claim",
    "direction_only": "Right direction, but the claimed size is excluded",
    "does_not_hold": "The claimed size is excluded, and no direction is shown",
    "opposite": "The opposite is shown",
    "undecided": "Not decided at this precision",
    "not_measured": "Not decided by this run",
}
DIRECTIONS: dict[Verdict, str] = SIZES | {
    "holds": "Right direction and beyond the tie threshold",
    "does_not_hold": "Equivalent, so that a difference beyond the tie threshold is excluded",
}
ORDERS: dict[Verdict, str] = SIZES | {
    "holds": "Each within 10% of the claim",
    "direction_only": "The order is shown, but a claimed size is excluded",
    "does_not_hold": "A claimed size is excluded, and the claimed order is not shown",
    "opposite": "Another order is shown",
}
TIED = "Within 10% of the claim, although no difference beyond a tie is shown"
UNDECIDED = "This run has no measurement that decides it."


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
    return " / ".join(name_of(results, name) for name in (pair.numerator, pair.denominator))


def _ratios(views: Sequence[View]) -> "Judge":
    def judge(published: Article, claim: PublishedClaim, results: Results) -> Judgement:
        return _judgement([_ratio_part(claim, view, results) for view in views])

    return judge


def _ratio_part(claim: PublishedClaim, view: View, results: Results) -> Part:
    readings = [
        read(results, view, claim.metric, pair.numerator, pair.denominator) for pair in claim.pairs
    ]
    texts = [_reading(reading) for reading in readings]
    names = [_pair(pair, results) for pair in claim.pairs]
    if len(set(texts)) > 1:
        texts = [f"{name} {text}" for name, text in zip(names, texts, strict=True)]
    else:
        texts = texts[:1]
    verdicts = list(map(rulings.of_ratio, claim.pairs, readings))
    return Part(
        view.title(results),
        ", ".join(texts),
        rulings.weakest(verdicts),
        {
            name: _reason(pair, verdict, reading)
            for name, pair, verdict, reading in zip(
                names, claim.pairs, verdicts, readings, strict=True
            )
        },
        absent=all(reading.absent for reading in readings),
    )


def _reason(pair: Pair, verdict: Verdict, reading: Reading) -> str:
    if pair.bounds is None:
        return DIRECTIONS[verdict]
    return TIED if verdict == "holds" and reading.shown is None else SIZES[verdict]


def _reading(reading: Reading) -> str:
    """`1.41 (1.39 to 1.42)`, with the reason where the ratio decides nothing."""
    if reading.ratio.value is None:
        return reading.silence or NOT_MEASURED
    text = ratio_text(reading.ratio)
    return f"{text}, {reading.silence}" if reading.silence else text


def _errors(published: Article, claim: PublishedClaim, results: Results) -> Judgement:
    return _judgement([_error_part(published, view, results) for view in THREE])


def _error_part(published: Article, view: View, results: Results) -> Part:
    """Error rates by exact Poisson intervals over valid and failed trials: many errors make a trial
    fail, so valid ones have few."""
    view = view.of(results)
    title, measured = view.title(results), view.measured(results)
    claimed = {name: row.error_rate for name, row in published.measured.items()}
    confidence = stats.simultaneous_confidence(len(claimed))
    seen: dict[str, Interval] = {}
    texts, missing, absent, expected = [], [], False, 0.0
    for name, rate in claimed.items():
        service = measured.services.get(name) if measured else None
        absent |= service is None
        found = figures(view, service) if service else None
        shown = name_of(results, name)
        if found is None or found.errors is None or not found.errors.requests:
            missing.append(shown)
            continue
        count = found.errors
        bounds = [end / count.requests for end in stats.poisson_interval(count.errors, confidence)]
        seen[name] = Interval(low=bounds[0], high=bounds[1])
        low, high = (f"{100 * end:.2g}" for end in bounds)
        texts.append(
            f"{shown} {100 * count.errors / count.requests:.2g}% ({low} to {high}%) of "
            f"{count.requests:,}"
        )
        expected += rate * count.requests
    if not seen:
        figure = NOT_MEASURED if measured is None else "no contestant of the article was measured"
        return Part(title, figure, "not_measured", {}, absent=True)
    text = (
        f"{', '.join(texts)}; at the claimed rates {expected:,.0f} of these requests would have "
        "failed"
    )
    silence = f"nothing was measured of {', '.join(missing)}" if missing else unusable(results)
    verdict = rulings.of_rates(claimed, seen) if silence is None else "not_measured"
    return Part(
        title,
        f"{text}; {silence}" if silence else text,
        verdict,
        {title: ORDERS[verdict]},
        absent=absent,
    )


def _judgement(parts: Sequence[Part]) -> Judgement:
    """The weakest verdict of the views that were planned, with one reason for each pair."""
    planned = [part for part in parts if not part.absent]
    if all(part.verdict == "not_measured" for part in planned):
        return Judgement(_measured(parts), "not_measured", UNDECIDED)
    by_reason: dict[str, list[str]] = {}
    for part in planned:
        for name, reason in part.reasons.items():
            several = len(set(part.reasons.values())) > 1
            place = f"{part.view} ({name})" if several else part.view
            places = by_reason.setdefault(reason, [])
            if place not in places:
                places.append(place)
    sentences = [f"{reason}: {', '.join(places)}." for reason, places in by_reason.items()]
    verdict = rulings.weakest(part.verdict for part in planned)
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
            shown = name_of(results, name)
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
    "ratio": _ratios(THREE),
    "equal_load": _ratios(EQUAL_LOAD),
    "errors": _errors,
    "effort": _effort,
    "tasks": _tasks,
    "contract": _contract,
}
