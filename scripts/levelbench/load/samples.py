"""Read the samples that k6 writes with `--out json`, one JSON object per line, plain or gzip."""

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast, get_args

from levelbench.errors import LabError
from levelbench.model.merged import Kind


class SamplesError(LabError):
    """A file of samples that is missing, cut short or not k6's."""


@dataclass(frozen=True)
class Declared:
    """A metric, or one of its sub-metrics, which k6 keeps where a threshold names it."""

    name: str
    kind: Kind
    contains: str
    """`time` (milliseconds), `data` (bytes) or `default`."""
    of: str
    """The metric that has the samples: its own name, or that of a sub-metric's metric."""
    tags: Mapping[str, str]
    """Tags that a sample must have; empty for a metric itself."""


@dataclass(frozen=True)
class Sample:
    """One value of a metric, with its tags."""

    metric: str
    time: str
    """RFC 3339, as written."""
    value: float
    tags: Mapping[str, str]


def read(path: Path) -> Iterator[Declared | Sample]:
    """What a file declares and contains, in its order; a metric comes before its samples.

    Raises SamplesError, in one line, with the number of the line that cannot be read.
    """
    number, line = 0, b""
    try:
        with _opened(path) as lines:
            for line in lines:
                number += 1
                yield from _parsed(json.loads(line))
    except EOFError:
        raise _cut_short(path, number + 1) from None
    except (ValueError, LookupError, TypeError, AttributeError):
        if not line.endswith(b"\n"):
            raise _cut_short(path, number) from None
        raise SamplesError(
            f"{path}, line {number}: not a sample of k6",
            "Give files that `k6 run --out json=<file>` wrote.",
        ) from None
    except (gzip.BadGzipFile, zlib.error):
        raise SamplesError(
            f"{path} is damaged: gzip cannot read it", "Copy it again from the load generator."
        ) from None
    except OSError as error:
        raise SamplesError(f"{path} cannot be read: {error.strerror}") from None


def moment(sample: Sample) -> datetime:
    """When a sample was taken, to the microsecond."""
    return datetime.fromisoformat(sample.time)


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(path)) if compressed else path.open("rb")


def _cut_short(path: Path, line: int) -> SamplesError:
    return SamplesError(
        f"{path} ends within line {line}: its load generator was killed, or the copy is incomplete",
        "Copy it again; if it is complete, repeat the load.",
    )


def _parsed(found: Any) -> Iterator[Declared | Sample]:
    data, metric = found["data"], found["metric"]
    if found["type"] == "Point":
        yield Sample(metric, data["time"], float(data["value"]), data["tags"] or {})
        return
    kind = data["type"]
    if found["type"] != "Metric" or kind not in get_args(Kind):
        raise ValueError(found["type"])
    yield Declared(metric, kind, data["contains"], metric, {})
    for cut in data["submetrics"] or ():
        yield Declared(cut["name"], kind, data["contains"], metric, cut["tags"])
