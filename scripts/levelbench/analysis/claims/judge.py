"""Each claim of the article held against a run's results."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from levelbench.analysis.claims import rulings
from levelbench.analysis.claims.article import Article, Kind, PublishedClaim, Verdict, article
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
from levelbench.model.results import Claim, Estimate, Results

FEW = f"fewer than {MIN_TRIALS} valid trials"


class Judgement(NamedTuple):
    measured: str
    verdict: Verdict
    reason: str


class Part(NamedTuple):
    """What one view says."""

    view: str
    figures: str
    verdict: Verdict
    tied: bool = False
    """Whether a claim holds though no difference was detected."""
    opposite: bool = False
    """Whether it does not hold, and its opposite is shown."""


Reasons = Mapping[Verdict, str]

BY_SIZE: Reasons = {
    "holds": "Within 10% of the claim",
    "direction_only": "In the claimed direction beyond the tie threshold, but of another size",
    "does_not_hold": "Neither the size nor the direction is shown",
}
BY_DIRECTION: Reasons = {
    "holds": "In the claimed direction beyond the tie threshold",
    "does_not_hold": "The direction is not shown",
}
BY_ORDER: Reasons = {
    "holds": "Each within 10% of the claim",
    "direction_only": "In the claimed order, but of other sizes",
    "does_not_hold": "Neither the sizes nor the order is shown",
}


def judged(results: Results) -> Results:
    """The same results with the article's claims."""
    return results.model_copy(update={"claims": tuple(judge(results))})


def judge(results: Results) -> Sequence[Claim]:
    """In the article's order."""
    published = article()
    return [_claim(published, claim, results) for claim in published.claims]


def _claim(published: Article, claim: PublishedClaim, results: Results) -> Claim:
    found = JUDGES[claim.kind](published, claim, results)
    return Claim(
        id=claim.id,
        claimed=_claimed(claim),
        measured=found.measured,
        verdict=found.verdict,
        why=f"{found.reason} {claim.remark}".strip(),
    )


def _claimed(claim: PublishedClaim) -> str:
    sizes = [
        f"{pair.name} {'at least ' if pair.ratio_at_least else ''}{size:.4g}"
        for pair in claim.pairs
        if (size := pair.ratio or pair.ratio_at_least)
    ]
    return f"{claim.text} ({', '.join(sizes)})" if sizes else claim.text


def _ratios(views: Sequence[View], reasons: Reasons) -> "Judge":
    def judge(published: Article, claim: PublishedClaim, results: Results) -> Judgement:
        return _told([_ratio_part(claim, view, results) for view in views], reasons)

    return judge


def _ratio_part(claim: PublishedClaim, view: View, results: Results) -> Part:
    readings = [
        read(results, view, claim.metric, pair.numerator, pair.denominator) for pair in claim.pairs
    ]
    said = [_reading(reading) for reading in readings]
    if len(set(said)) > 1:
        said = [f"{pair.name} {one}" for pair, one in zip(claim.pairs, said, strict=True)]
    else:
        said = said[:1]
    verdicts = list(map(rulings.of_ratio, claim.pairs, readings))
    decided = [
        (pair, verdict, reading.shown)
        for pair, verdict, reading in zip(claim.pairs, verdicts, readings, strict=True)
    ]
    return Part(
        view.title(results),
        ", ".join(said),
        rulings.weakest(verdicts),
        tied=any(verdict == "holds" and shown is None for _, verdict, shown in decided),
        opposite=any(
            verdict == "does_not_hold" and shown not in (None, pair.direction)
            for pair, verdict, shown in decided
        ),
    )


def _reading(reading: Reading) -> str:
    """`1.41 (1.39 to 1.42)`; without an interval, or where it decides nothing, with the reason."""
    if reading.ratio.value is None:
        return reading.silence or NOT_MEASURED
    said = ratio(reading.ratio)
    return f"{said}, {reading.silence}" if reading.silence else said


def ratio(estimate: Estimate) -> str:
    """Ratios near 1 with a third decimal, an interval with those of its value."""
    value, bounds = estimate.value or 0.0, estimate.confidence_interval
    places = 3 if 0.9 < value < 1.1 else 2
    said = f"{value:.{places}f}"
    return f"{said} ({bounds.low:.{places}f} to {bounds.high:.{places}f})" if bounds else said


def _errors(published: Article, claim: PublishedClaim, results: Results) -> Judgement:
    return _told([_error_part(published, view, results) for view in THREE], BY_ORDER)


def _error_part(published: Article, view: View, results: Results) -> Part:
    view = view.of(results)
    title, measured = view.title(results), view.measured(results)
    if measured is None:
        return Part(title, NOT_MEASURED, "not_measured")
    claimed = {name: row.error_rate for name, row in published.measured.items()}
    seen, said, missing, expected = {}, [], [], 0.0
    for name, rate in claimed.items():
        service = measured.services.get(name)
        found = figures(view, service) if service else None
        if service is None or found is None or found.error_rate is None:
            missing.append(name)
            continue
        seen[name] = found.error_rate
        said.append(f"{name} {100 * found.error_rate:.2g}% of {found.requests:,}")
        expected += rate * found.requests
        if service.trials < MIN_TRIALS:
            missing.append(name)
    if not seen:
        return Part(title, "no contestant of the article has figures", "not_measured")
    text = f"{', '.join(said)}; as claimed, {expected:,.0f} of these requests would have failed"
    if missing:
        return Part(title, f"{text}; {FEW} of {', '.join(missing)}", "not_measured")
    if not results.valid:
        return Part(title, f"{text}; the run is not valid", "not_measured")
    return Part(title, text, rulings.of_rates(claimed, seen))


def _told(parts: Sequence[Part], reasons: Reasons) -> Judgement:
    """The weakest verdict of the views that were measured, and which view gave which."""
    verdict = rulings.weakest(part.verdict for part in parts)
    if verdict == "not_measured":
        return Judgement(_measured(parts), verdict, "This run has no figures that decide it.")
    said = {
        **{
            reason: [part.view for part in parts if part.verdict == of]
            for of, reason in reasons.items()
        },
        "The opposite is shown": [part.view for part in parts if part.opposite],
        "Yet no difference beyond a tie was shown": [p.view for p in parts if p.tied],
        "Not told by this run": [part.view for part in parts if part.verdict == "not_measured"],
    }
    sentences = [f"{reason}: {', '.join(views)}." for reason, views in said.items() if views]
    return Judgement(_measured(parts), verdict, " ".join(sentences))


def _measured(parts: Sequence[Part]) -> str:
    """View by view; once for all where no view has anything to say."""
    said = {part.figures for part in parts}
    if said == {NOT_MEASURED}:
        return NOT_MEASURED
    return "; ".join(f"{part.view}: {part.figures}" for part in parts)


def _effort(published: Article, claim: PublishedClaim, results: Results) -> Judgement:
    """Lines and complexity of the endpoints' code, as counted in the run."""
    said = []
    for endpoint in claim.endpoints:
        counted = [
            f"{name} {size.lines} lines (complexity {size.complexity})"
            for name in published.measured
            if (service := results.services.get(name))
            and service.code
            and (size := service.code.endpoints.get(endpoint))
        ]
        if counted:
            said.append(f"{endpoint}: {', '.join(counted)}")
    measured = "; ".join(said) or "no code was counted in this run"
    return Judgement(measured, _without_measuring(claim), "")


def _tasks(published: Article, claim: PublishedClaim, results: Results) -> Judgement:
    """What became of background work under every load of the run, and who brings a way of its own
    that was shown to work."""
    said = []
    for name in published.measured:
        tasks = [
            service.tasks
            for workload in results.workloads.values()
            if (service := workload.services.get(name)) and service.tasks
        ]
        if tasks:
            accepted, lost = sum(t.accepted for t in tasks), sum(t.lost for t in tasks)
            said.append(f"{name} {accepted:,} tasks accepted, {lost:,} lost")
    in_process = [
        name
        for name in published.measured
        if (summary := results.services.get(name))
        and (own := (summary.included or {}).get("background-tasks"))
        and own.shown
    ]
    if in_process:
        said.append(f"shown to run work in the server's own process: {', '.join(in_process)}")
    return Judgement("; ".join(said) or NOT_MEASURED, _without_measuring(claim), "")


def _contract(published: Article, claim: PublishedClaim, results: Results) -> Judgement:
    """Who answers bad input as the contract demands."""
    words = {True: "keeps the contract", False: "breaks the contract"}
    said = [
        f"{name} {words[service.verified]}"
        for name in published.measured
        if (service := results.services.get(name)) and service.verified is not None
    ]
    return Judgement("; ".join(said) or NOT_MEASURED, _without_measuring(claim), "")


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
