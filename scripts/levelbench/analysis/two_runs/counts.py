"""Compare two runs that count instructions: each service and endpoint with the same hash seeds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from levelbench.analysis import instructions
from levelbench.analysis.two_runs import counted
from levelbench.analysis.two_runs.counted import Pair
from levelbench.errors import LabError
from levelbench.model.folder import Run
from levelbench.model.paired import EndpointChange, State
from levelbench.model.vocabulary import Endpoint

REMEDY = (
    "Compare counts that one version of valgrind made on processors of one vendor, with the same "
    "requests."
)
VENDOR = re.compile(r"\b(Intel|AMD|ARM|Apple|Ampere|Neoverse|Graviton)\b", re.IGNORECASE)


@dataclass(frozen=True)
class CountComparison:
    """The comparison of two counts, run B with run A."""

    a: Run
    b: Run
    changes: Mapping[tuple[str, Endpoint], EndpointChange]
    reserves: tuple[str, ...]
    """What is in one of the runs only."""

    @property
    def state(self) -> State:
        states = [change.state for change in self.changes.values()]
        return counted.overall(states, bool(self.reserves))


def are_counts(a: Run, b: Run) -> bool:
    """Whether both runs count instructions. Raises LabError where only one does."""
    counting = [run for run in (a, b) if run.record.counting]
    if len(counting) == 1:
        other = b if counting[0] is a else a
        raise _refused(
            a, b, f"{counting[0].record.run_id} counts instructions and {other.record.run_id} none"
        )
    return bool(counting)


def compare(a: Run, b: Run) -> CountComparison:
    """Compare the counts of run B with those of run A. Raises LabError where they cannot be.

    docs/instructions.md has the rule; all services and endpoints are judged at once (Bonferroni).
    """
    _require_comparable(a, b)
    pairs: dict[tuple[str, Endpoint], list[Pair]] = {}
    for name, endpoint, pair in _pairs(a, b):
        pairs.setdefault((name, endpoint), []).append(pair)
    changes = {
        place: change
        for place, found in pairs.items()
        if (change := counted.change(found, len(pairs))) is not None
    }
    if not changes:
        raise _refused(a, b, "no service has a count with three hash seeds in both")
    return CountComparison(a, b, changes, tuple(_reserves(a, b)))


def vendor(cpu_model: str) -> str:
    """The vendor of a processor, or its whole name where that is not known."""
    found = VENDOR.search(cpu_model)
    return found[1].lower() if found else cpu_model


def _require_comparable(a: Run, b: Run) -> None:
    one, other = (vendor(run.record.environment.cpu_model or "unknown") for run in (a, b))
    if one != other:
        raise _refused(
            a,
            b,
            f"the processor was {a.record.environment.cpu_model} and is "
            f"{b.record.environment.cpu_model}, and libraries choose code by its features",
        )
    before, now = ({count.valgrind for count in run.counts} for run in (a, b))
    if before != now and before and now:
        raise _refused(a, b, f"valgrind was {', '.join(before)} and is {', '.join(now)}")
    asked, asks = (run.record.counting for run in (a, b))
    if asked and asks:
        for endpoint in asked.requests.keys() & asks.requests.keys():
            if asked.of(endpoint) != asks.of(endpoint):
                raise _refused(a, b, f"{endpoint} was counted after or with other requests")


def _pairs(a: Run, b: Run) -> Iterator[tuple[str, Endpoint, Pair]]:
    before = {(count.service, count.seed): count for count in a.counts}
    for count in b.counts:
        base = before.get((count.service, count.seed))
        for endpoint in count.endpoints if base else ():
            now = instructions.per_request(count, endpoint)
            then = instructions.per_request(base, endpoint) if base else None
            if now and then:
                yield count.service, endpoint, (now, then)


def _reserves(a: Run, b: Run) -> Iterator[str]:
    for run in (a, b):
        if run.record.status != "complete":
            yield f"{run.record.run_id} ended early"
    for name in a.record.services.keys() - b.record.services.keys():
        yield f"{name} is missing in {b.record.run_id}"


def _refused(a: Run, b: Run, reason: str) -> LabError:
    return LabError(
        f"runs {a.record.run_id} and {b.record.run_id} cannot be compared: {reason}", REMEDY
    )
