"""Order contestants by value, and each pair with the better one first."""

from levelbench.model import metrics, workloads
from levelbench.model.bracket import opposite
from levelbench.model.estimate import Estimate, Interval
from levelbench.model.metrics import THROUGHPUT
from levelbench.model.results import Comparison, Results
from levelbench.model.vocabulary import Endpoint
from levelbench.report.metrics import value


def ordered(results: Results, workload: str) -> list[str]:
    """Ranked contestants by primary metric, then those without a rank, then references and
    exhibits, then the failed.
    """
    services = results.workloads[workload].services
    primary = workloads.of(workload).primary

    def key(name: str) -> tuple[bool, bool, bool, bool, float, str]:
        service = services[name]
        figure = value(primary, service, results.services[name])
        known = figure.value if figure else None
        return (
            not service.trials,
            results.services[name].role != "contestant",
            service.rank is None,
            known is None,
            0 if known is None else -known if primary.better == "higher" else known,
            name,
        )

    return sorted(services, key=key)


def ordered_on(results: Results, workload: str, endpoint: Endpoint) -> list[str]:
    """Those measured on one isolated endpoint, by throughput, contestants first."""
    figures = {
        name: service.endpoints[endpoint]
        for name, service in results.workloads[workload].services.items()
        if service.trials and endpoint in service.endpoints
    }

    def key(name: str) -> tuple[bool, bool, float, str]:
        found = figures[name].estimate(THROUGHPUT)
        known = found.value if found else None
        role = results.services[name].role
        return (role != "contestant", known is None, 0 if known is None else -known, name)

    return sorted(figures, key=key)


def better_first(pair: Comparison) -> tuple[str, str, Estimate, str]:
    """(first, second, ratio, verdict) with the better one first, so that no verdict is `worse`.

    Undecided pairs have the higher value first. The reciprocal of a ratio's interval is the
    interval of the reciprocal.
    """
    lower_is_better = metrics.of(pair.metric).better == "lower"
    value = pair.ratio.value
    turned = pair.verdict == "worse" or (
        pair.verdict != "better" and value is not None and (value < 1) != lower_is_better
    )
    if not turned:
        return pair.a, pair.b, pair.ratio, pair.verdict
    verdict = "better" if pair.verdict == "worse" else pair.verdict
    return pair.b, pair.a, reciprocal(pair.ratio), verdict


def reciprocal(ratio: Estimate) -> Estimate:
    bounds = ratio.confidence_interval
    return Estimate(
        value=1 / ratio.value if ratio.value else None,
        confidence_interval=Interval(low=1 / bounds.high, high=1 / bounds.low) if bounds else None,
        bound=opposite(ratio.bound),
    )
