"""Merge the samples of several load generators into the summary that one k6 would have printed.

k6 merges no percentiles: each instance knows its own values only, and neither the mean nor the
maximum of two p95 is the p95 of both. Here percentiles are of all values, by k6's own rule.
"""

import math
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from levelbench.errors import LabError
from levelbench.load import samples
from levelbench.load.samples import Declared, Sample, SamplesError
from levelbench.model.files import ResultsError
from levelbench.model.merged import Generator, Kind, Merged, Metric

TREND = {"med": 50.0, "p(90)": 90.0, "p(95)": 95.0, "p(99)": 99.0, "p(99.9)": 99.9}
"""Percentiles of a trend by k6's names."""


class MergeError(LabError):
    """Outputs that are not of one load, or samples that contradict a load generator's summary."""


class _Part(BaseModel):
    """What is read of k6's summary, which has more."""

    model_config = ConfigDict(extra="ignore")


class _State(_Part):
    duration_ms: float = Field(alias="testRunDurationMs")


class _Values(_Part):
    values: dict[str, float]


class K6Summary(_Part):
    """`data` of handleSummary, as JSON: what one load generator says of itself."""

    state: _State
    metrics: dict[str, _Values]

    @property
    def duration_s(self) -> float:
        """From whole nanoseconds, as k6 divides by it."""
        return round(self.state.duration_ms * 1e6) / 1e9


def percentile(values: Sequence[float], rank: float) -> float:
    """k6's percentile (0 to 100) of sorted values: linear between the closest ranks
    (metrics/sink.go, TrendSink.P). 0 where there is no value, as k6 says."""
    if not values:
        return 0.0
    place = rank / 100 * (len(values) - 1.0)
    below, above = values[math.floor(place)], values[math.ceil(place)]
    return below + (above - below) * (place - math.floor(place))


class _Sink(Protocol):
    """Accumulates the values of one metric, as the sinks of k6's metrics/sink.go do."""

    def add(self, value: float) -> None: ...

    def values(self, duration_s: float | None, generators: int) -> dict[str, float | None]: ...


@dataclass
class _Counter:
    total: float = 0.0

    def add(self, value: float) -> None:
        self.total += value

    def values(self, duration_s: float | None, generators: int) -> dict[str, float | None]:
        return {"count": self.total, "rate": self.total / duration_s if duration_s else None}


@dataclass
class _Gauge:
    last: float = 0.0
    low: float | None = None
    high: float = 0.0

    def add(self, value: float) -> None:
        self.last, self.high = value, max(self.high, value)
        self.low = value if self.low is None else min(self.low, value)

    def values(self, duration_s: float | None, generators: int) -> dict[str, float | None]:
        found = {"min": self.low, "max": self.high}
        return found if generators > 1 else {"value": self.last, **found}


@dataclass
class _Rate:
    passes: int = 0
    total: int = 0

    def add(self, value: float) -> None:
        self.total += 1
        self.passes += value != 0

    def values(self, duration_s: float | None, generators: int) -> dict[str, float | None]:
        rate = self.passes / self.total if self.total else 0.0
        return {"rate": rate, "passes": self.passes, "fails": self.total - self.passes}


@dataclass
class _Trend:
    observed: "array[float]" = field(default_factory=lambda: array("d"))
    total: float = 0.0
    """Added in the order of the samples, so that the mean of one generator is k6's to the bit."""

    def add(self, value: float) -> None:
        self.observed.append(value)
        self.total += value

    def values(self, duration_s: float | None, generators: int) -> dict[str, float | None]:
        ordered = sorted(self.observed)
        count = len(ordered)
        return {
            "count": count,
            "avg": self.total / count if count else 0.0,
            "min": ordered[0] if count else 0.0,
            "max": ordered[-1] if count else 0.0,
            **{name: percentile(ordered, rank) for name, rank in TREND.items()},
        }


_SINKS: Mapping[Kind, Callable[[], _Sink]] = {
    "counter": _Counter,
    "gauge": _Gauge,
    "rate": _Rate,
    "trend": _Trend,
}


class _Union:
    """Sinks of all metrics and sub-metrics that were declared."""

    def __init__(self) -> None:
        self._declared: dict[str, Declared] = {}
        self._sinks: dict[str, _Sink] = {}
        self._readers: dict[str, list[tuple[frozenset[tuple[str, str]], _Sink]]] = {}

    def declare(self, metric: Declared) -> None:
        """Raises MergeError where another generator has another metric of this name."""
        known = self._declared.setdefault(metric.name, metric)
        if known != metric:
            raise MergeError(
                f"{metric.name} is a {known.kind} in one file and a {metric.kind} in another",
                "Merge the outputs of one scenario.",
            )
        if metric.name not in self._sinks:
            sink = self._sinks[metric.name] = _SINKS[metric.kind]()
            self._readers.setdefault(metric.of, []).append((frozenset(metric.tags.items()), sink))

    def add(self, sample: Sample) -> None:
        for tags, sink in self._readers[sample.metric]:
            if not tags or tags <= sample.tags.items():
                sink.add(sample.value)

    def metrics(self, duration_s: float | None, generators: int) -> dict[str, Metric]:
        return {
            name: Metric(
                type=metric.kind,
                contains=metric.contains,
                values=self._sinks[name].values(duration_s, generators),
            )
            for name, metric in sorted(self._declared.items())
        }


def merge(files: Sequence[Path], summaries: Sequence[Path] = ()) -> Merged:
    """One summary from the samples of all load generators.

    `summaries`: k6's own, one per file; each is checked against the file's samples, and gives the
    duration of the load. Raises SamplesError, MergeError and ResultsError.
    """
    _require_files(files, summaries)
    own: Sequence[K6Summary | None] = [_summary(path) for path in summaries] or [None] * len(files)
    union = _Union()
    generators = []
    for path, summary in zip(files, own, strict=True):
        alone = _Union()
        found = _generator(path, summary, (alone, union))
        if summary:
            _require_equal(path, alone.metrics(found.duration_s, 1), summary)
        generators.append(found)
    _require_overlap(generators)
    durations = [each.duration_s for each in generators if each.duration_s is not None]
    duration_s = max(durations) if len(durations) == len(files) else None
    return Merged(
        generators=tuple(generators),
        duration_s=duration_s,
        metrics=union.metrics(duration_s, len(files)),
    )


def _require_files(files: Sequence[Path], summaries: Sequence[Path]) -> None:
    if len({path.resolve() for path in files}) < len(files):
        raise MergeError("a file is given twice", "Name the output of each load generator once.")
    if summaries and len(summaries) != len(files):
        raise MergeError(
            f"{len(summaries)} summaries for {len(files)} files of samples",
            "Give --summary once for each file, in the same order, or not at all.",
        )


def _summary(path: Path) -> K6Summary:
    try:
        return K6Summary.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ResultsError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError:
        raise ResultsError(
            f"{path} is not a summary of k6",
            "Write `data` of handleSummary(data) as JSON; --summary-export has no duration.",
        ) from None


def _generator(path: Path, summary: K6Summary | None, unions: Iterable[_Union]) -> Generator:
    count = 0
    first = last = None
    for found in samples.read(path):
        if isinstance(found, Declared):
            for union in unions:
                union.declare(found)
            continue
        for union in unions:
            union.add(found)
        first, last = first or found, found
        count += 1
    if first is None or last is None:
        raise SamplesError(f"{path} has no sample", "Give the output of a k6 that sent requests.")
    return Generator(
        file=str(path),
        samples=count,
        first_sample=samples.moment(first),
        last_sample=samples.moment(last),
        duration_s=summary.duration_s if summary else None,
    )


def _require_equal(path: Path, found: Mapping[str, Metric], summary: K6Summary) -> None:
    """Raises MergeError unless the samples give every value that the generator itself gave."""
    for name, own in summary.metrics.items():
        if name not in found:
            # A sub-metric without samples is declared nowhere; k6 prints zeros.
            if not any(own.values.values()):
                continue
            raise _different(path, name, "no samples", own.values)
        for key, value in own.values.items():
            known = found[name].values
            if key in known and known[key] != value:
                raise _different(path, f"{name} {key}", known[key], value)


def _different(path: Path, what: str, found: object, said: object) -> MergeError:
    return MergeError(
        f"{path}: {what} is {found} by its samples and {said} by k6's summary",
        "The file is incomplete, or the summary is of another run.",
    )


def _require_overlap(generators: Sequence[Generator]) -> None:
    """Raises MergeError unless all generators ran at the same time."""
    for one, other in combinations(generators, 2):
        earlier, later = sorted((one, other), key=lambda each: each.first_sample)
        if later.first_sample > earlier.last_sample:
            raise MergeError(
                f"{earlier.file} ended before {later.file} began",
                "Merge the outputs of load generators that ran together.",
            )
