"""Views on a run (full mix, without sign-in, list only), and the comparison of a pair in one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from levelbench.analysis import verdict
from levelbench.analysis.claims.article import Direction, article
from levelbench.analysis.text import TOO_FEW_ROUNDS, biased, too_few_rounds
from levelbench.model import metrics
from levelbench.model.bracket import opposite
from levelbench.model.estimate import UNDEFINED, Estimate, Interval
from levelbench.model.results import (
    Comparison,
    EndpointResults,
    Results,
    ServiceResults,
    WorkloadResults,
)
from levelbench.model.results import Verdict as Outcome
from levelbench.model.vocabulary import ENDPOINTS, Endpoint

NOT_MEASURED = "not measured in this run"


@dataclass(frozen=True)
class View:
    """A workload, or one isolated endpoint of it."""

    name: str
    workload: str
    endpoint: Endpoint | None = None
    otherwise: "View | None" = None
    """The view to use where a run does not have this workload."""

    def measured(self, results: Results) -> WorkloadResults | None:
        return results.workloads.get(self.workload)

    def of(self, results: Results) -> "View":
        """This view, or its replacement in a run without the workload."""
        if self.otherwise and self.measured(results) is None:
            return self.otherwise
        return self

    def title(self, results: Results) -> str:
        """The view's name, with the mix if it is not the default."""
        found = self.measured(results)
        mix = found.parameters.mix if found else None
        return f"{self.name} ({mix})" if self == MIX and mix not in (None, "journey") else self.name


MIX = View("full mix", "closed")
NO_AUTH = View("mix without sign-in", "closed-no-auth")
ALONE = {endpoint: View(f"{endpoint} only", "endpoints", endpoint) for endpoint in ENDPOINTS}
LIST_ALONE = replace(ALONE["list"], otherwise=View("list only", "list"))

THREE = (MIX, NO_AUTH, LIST_ALONE)
"""Three weightings of the endpoints, so that no choice of weights decides a verdict."""

EQUAL_LOAD = (
    View("at 50% of the slowest contestant's throughput", "open-50"),
    View("at 80% of the slowest contestant's throughput", "open-80"),
)


@dataclass(frozen=True)
class Reading:
    """The ratio numerator / denominator in one view, and its verdict."""

    view: View
    ratio: Estimate = UNDEFINED
    outcome: Outcome | None = None
    """For the numerator; None without a comparison."""
    shown: Direction | None = None
    """The ratio is above or below 1, and beyond the tie threshold."""
    silence: str | None = None
    """Reason for deciding nothing; None if it decides."""
    absent: bool = False
    """The run did not plan to measure it: it weakens no verdict of other views."""

    @property
    def deciding(self) -> Interval | None:
        """The interval that a claim is judged by; None if there is none."""
        return None if self.silence else self.ratio.confidence_interval


def read(results: Results, view: View, metric: str, numerator: str, denominator: str) -> Reading:
    """Compare a pair in one view. A reading that decides nothing gives the reason."""
    view = view.of(results)
    measured = view.measured(results)
    if measured is None:
        return Reading(view, silence=NOT_MEASURED, absent=True)
    for name in (numerator, denominator):
        if name not in measured.services:
            silence = f"{name_of(results, name)} did not take part"
            return Reading(view, silence=silence, absent=True)
        if not measured.services[name].trials:
            return Reading(view, silence=f"{name_of(results, name)} has no valid measurement")
    found = next(_pairs(measured, view, metric, {numerator, denominator}), None)
    if found is None or found.ratio.value is None:
        return Reading(view, silence="no rounds in common")
    ratio, outcome = found.ratio, found.verdict
    if found.a != numerator:
        ratio, outcome = _reciprocal(ratio), _turned(outcome)
    return Reading(
        view, ratio, outcome, _direction(metric, outcome), _silence(results, measured, found)
    )


def name_of(results: Results, name: str) -> str:
    """A framework's display name: the run's, or else the article's."""
    if summary := results.services.get(name):
        return summary.display_name
    row = article().measured.get(name)
    return row.display_name if row else name


def unusable(results: Results) -> str | None:
    """Why no claim is decided by a run; None if claims are."""
    if not results.valid:
        return "the run is not valid"
    return None if results.publishable else "the run is not publishable"


def _pairs(
    measured: WorkloadResults, view: View, metric: str, names: set[str]
) -> Iterator[Comparison]:
    for pair in measured.comparisons:
        if (pair.metric, pair.endpoint, {pair.a, pair.b}) == (metric, view.endpoint, names):
            yield pair


def _silence(results: Results, measured: WorkloadResults, pair: Comparison) -> str | None:
    if pair.ratio.confidence_interval is None:
        return TOO_FEW_ROUNDS
    if not results.valid:
        return unusable(results)
    if not pair.primary:
        return "not ranked: a measurement failed, or the database was the limit"
    noise = measured.control.of(pair.endpoint) if measured.control else None
    if verdict.untrusted(noise, results.statistics.control_limit):
        return biased(results, noise)
    if pair.blocks is None or pair.blocks < results.statistics.verdict_blocks_min:
        return too_few_rounds(results.statistics.verdict_blocks_min)
    return unusable(results)


def _reciprocal(ratio: Estimate) -> Estimate:
    """The interval of a reciprocal is the reciprocal of the interval."""
    bounds = ratio.confidence_interval
    return Estimate(
        value=1 / ratio.value if ratio.value else None,
        confidence_interval=Interval(low=1 / bounds.high, high=1 / bounds.low) if bounds else None,
        bound=opposite(ratio.bound),
    )


def _turned(outcome: Outcome) -> Outcome:
    turned: dict[Outcome, Outcome] = {"better": "worse", "worse": "better"}
    return turned.get(outcome, outcome)


def _direction(metric: str, outcome: Outcome) -> Direction | None:
    better: dict[str, Literal["above", "below"]] = {"higher": "above", "lower": "below"}
    worse: dict[str, Literal["above", "below"]] = {"higher": "below", "lower": "above"}
    if outcome == "better":
        return better[metrics.of(metric).better]
    if outcome == "worse":
        return worse[metrics.of(metric).better]
    return None


def figures(view: View, service: ServiceResults) -> ServiceResults | EndpointResults | None:
    """A contestant's results in a view; None for an endpoint without requests."""
    return service.endpoints.get(view.endpoint) if view.endpoint else service
