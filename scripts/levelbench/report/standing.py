"""Who stands before whom: contestants by rank, and each pair with the better one first."""

from levelbench.analysis import verdict as comparison
from levelbench.model import workloads
from levelbench.model.results import Comparison, Estimate, Results
from levelbench.model.vocabulary import Endpoint
from levelbench.report.metrics import metric


def ordered(results: Results, workload: str) -> list[str]:
    """Ranked ones by rank and primary metric, then references and exhibits, then the failed."""
    services = results.workloads[workload].services
    primary = metric(workloads.of(workload).primary)

    def key(name: str) -> tuple[bool, bool, tuple[int, int], float, str]:
        service = services[name]
        figure = primary.read(service, results.services[name])
        value = (figure.value if figure else None) or 0.0
        return (
            not service.trials,
            results.services[name].role != "contestant",
            service.rank or (len(services), len(services)),
            -value if primary.better == "higher" else value,
            name,
        )

    return sorted(services, key=key)


def ordered_on(results: Results, workload: str, endpoint: Endpoint) -> list[str]:
    """By throughput on one endpoint alone, contestants before references and exhibits; without
    those that have no figure on it."""
    figures = {
        name: service.endpoints[endpoint]
        for name, service in results.workloads[workload].services.items()
        if service.trials and endpoint in service.endpoints
    }

    def key(name: str) -> tuple[bool, float, str]:
        throughput = figures[name].throughput_rps.value
        return (results.services[name].role != "contestant", -(throughput or 0.0), name)

    return sorted(figures, key=key)


def better_first(pair: Comparison) -> tuple[str, str, Estimate, str]:
    """(first, second, ratio, verdict) with the better one first, so that no verdict is `worse`.

    Undecided pairs have the higher value first. The reciprocal of a ratio's interval is the
    interval of the reciprocal.
    """
    lower_is_better = comparison.DIRECTIONS[pair.metric] == "lower"
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
    return Estimate.model_validate(
        {
            "value": 1 / ratio.value if ratio.value else None,
            "confidence_interval": {"low": 1 / bounds.high, "high": 1 / bounds.low}
            if bounds
            else None,
        }
    )
