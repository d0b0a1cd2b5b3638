"""profile.html: flame graphs, and what each function and package costs in CPU ms per request."""

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup

from levelbench.analysis.estimates import estimate
from levelbench.analysis.text import number
from levelbench.model.estimate import Estimate
from levelbench.model.profile import ProfiledService, ProfileRecord, ProfileTrial
from levelbench.report import html
from levelbench.report.tables.table import Cell, Column, Table, filled
from levelbench.report.words import join

SHOWN = 30
"""Functions in the table."""
LEAST_SHARE = 0.001
"""A box with a smaller share of the whole is not drawn."""
ROOT = re.compile(r"process \d+:|thread \(\d")
"""Frames that py-spy puts around the program's own."""
FRAME = re.compile(r"(?P<name>.*?) \((?P<file>[^()]*?)(?::\d+)?\)$")
LIBRARY = "Python's library"

Stack = tuple[str, ...]
Stacks = Mapping[Stack, int]
"""Frames from the outermost on -> samples."""
Count = Callable[[Stacks], Counter[str]]
"""A way of counting samples: `own`, `total` or `packages`."""


@dataclass(frozen=True)
class Profiled:
    """A contestant's stacks, by trial."""

    service: ProfiledService
    stacks: tuple[Stacks, ...]

    def per_request(self, count: Count) -> dict[str, Estimate]:
        """CPU ms per request of each key: its share of a trial's samples, of that trial's CPU time
        per request; mean and 95% interval over trials."""
        trials = list(zip(self.service.trials, self.stacks, strict=True))
        found = [_ms(count(stacks), trial) for trial, stacks in trials]
        keys = {key for ms in found for key in ms}
        return {key: estimate([ms.get(key, 0.0) for ms in found]) for key in keys}

    @property
    def mean_ms(self) -> dict[Stack, float]:
        """CPU ms per request of each stack, the mean over trials."""
        found: defaultdict[Stack, float] = defaultdict(float)
        for trial, stacks in zip(self.service.trials, self.stacks, strict=True):
            for stack, samples in stacks.items():
                share = samples / trial.samples / len(self.stacks)
                found[stack] += share * trial.cpu_ms_per_request
        return dict(found)

    @property
    def cost_of_sampling(self) -> float:
        """By which share sampling lowered the throughput."""
        trials = self.service.trials
        sampled = sum(trial.throughput_sampled_rps for trial in trials)
        return 1 - sampled / sum(trial.throughput_rps for trial in trials)


def own(stacks: Stacks) -> Counter[str]:
    """Samples in which each function was the innermost."""
    found: Counter[str] = Counter()
    for stack, samples in stacks.items():
        found[stack[-1]] += samples
    return found


def total(stacks: Stacks) -> Counter[str]:
    """Samples in which each function was anywhere, once for each sample."""
    found: Counter[str] = Counter()
    for stack, samples in stacks.items():
        for frame in set(stack):
            found[frame] += samples
    return found


def packages(stacks: Stacks) -> Counter[str]:
    """Samples in which the innermost function was of each package."""
    found: Counter[str] = Counter()
    for frame, samples in own(stacks).items():
        found[package(frame)] += samples
    return found


def package(frame: str) -> str:
    """The package of a function, from its file; the standard library is one."""
    match = FRAME.fullmatch(frame)
    first = (match["file"] if match else frame).lstrip("/").split("/")[0].removesuffix(".py")
    return LIBRARY if first in sys.stdlib_module_names or first.startswith("<") else first


def parse(text: str) -> dict[Stack, int]:
    """Folded stacks, `outer;inner count` per line, without the frames of processes and threads."""
    found: Counter[Stack] = Counter()
    for line in text.splitlines():
        frames, _, samples = line.rpartition(" ")
        stack = tuple(frame for frame in frames.split(";") if not ROOT.match(frame))
        if stack:
            found[stack] += int(samples)
    return dict(found)


@dataclass
class Box:
    """A box of a flame graph: a function with what it calls."""

    name: str
    ms: float = 0.0
    other_ms: float | None = None
    """The same stack in the contestant that this one is compared with; None without one."""
    within: dict[str, "Box"] = field(default_factory=dict)

    def as_json(self, least_ms: float) -> list[Any]:
        """Name, ms, the other's ms, boxes within; without those that are too small to see."""
        inner = sorted(self.within.values(), key=lambda box: box.name)
        shown = [box.as_json(least_ms) for box in inner if box.ms >= least_ms]
        other = None if self.other_ms is None else round(self.other_ms, 4)
        return [self.name, round(self.ms, 4), other, shown]


def flame(profiled: Profiled, other: Profiled | None = None) -> Box:
    """The flame graph of a contestant; compared with another one's, stack by stack."""
    root = Box("all", other_ms=None if other is None else 0.0)
    for stack, ms in profiled.mean_ms.items():
        for box in _path(root, stack, other is not None):
            box.ms += ms
    for stack, ms in (other.mean_ms if other else {}).items():
        for box in _path(root, stack, True):
            box.other_ms = (box.other_ms or 0.0) + ms
    return root


def _path(root: Box, stack: Stack, compared: bool) -> Iterator[Box]:
    yield root
    for frame in stack:
        root = root.within.setdefault(frame, Box(frame, other_ms=0.0 if compared else None))
        yield root


def load(folder: Path, record: ProfileRecord) -> list[Profiled]:
    """Every contestant's stacks, from the run's folder."""
    return [
        Profiled(
            service,
            tuple(parse((folder / trial.stacks).read_text("utf-8")) for trial in service.trials),
        )
        for service in record.services.values()
    ]


def render(record: ProfileRecord, found: Sequence[Profiled]) -> str:
    """The page: it loads nothing from the network."""
    first = found[0]
    graphs = [("flame", first.service.display_name, flame(first))]
    graphs += [
        (
            "difference",
            f"{other.service.display_name}, compared with {first.service.display_name}",
            flame(other, first),
        )
        for other in found[1:]
    ]
    return (
        html.environment()
        .get_template("profile.html.j2")
        .render(
            record=record,
            names=join([one.service.display_name for one in found]),
            sentences=sentences(record, found),
            tables=tables(found),
            graphs=[
                (kind, title, Markup(_safe(box.as_json(LEAST_SHARE * box.ms))))
                for kind, title, box in graphs
            ],
            style=html.source("report.css", "profile.css"),
            script=html.source("profile.js"),
        )
    )


def sentences(record: ProfileRecord, found: Sequence[Profiled]) -> list[str]:
    """What was sampled, and what that cost."""
    said = [
        f"{record.sampler} sampled {join([one.service.display_name for one in found])} "
        f"{record.rate_hz} times per second under the load {record.workload} with {record.vus} "
        f"users, in {len(found[0].stacks)} starts each."
    ]
    for one in found:
        trials = one.service.trials
        ms = sum(trial.cpu_ms_per_request for trial in trials) / len(trials)
        samples = sum(trial.samples for trial in trials)
        said.append(
            f"{one.service.display_name} used {number(ms)} ms of CPU time per request without "
            f"sampling; {samples:,} samples; sampling changed the throughput by "
            f"{-one.cost_of_sampling:+.0%}."
        )
    return said


def tables(found: Sequence[Profiled]) -> tuple[Table, ...]:
    """Packages and functions, the dearest first; of two contestants side by side."""
    return filled(
        _table("Packages, by CPU ms per request of their own", "Package", found, packages),
        _table("Functions, by CPU ms per request of their own", "Function", found, own),
        _table("Functions with what they call, CPU ms per request", "Function", found, total),
    )


def _table(caption: str, key: str, found: Sequence[Profiled], count: Count) -> Table:
    costs = [one.per_request(count) for one in found]
    ordered = sorted(
        {name for cost in costs for name in cost},
        key=lambda name: (-max(_value(cost.get(name)) for cost in costs), name),
    )
    columns = [Column(key, numeric=False), *(Column(one.service.display_name) for one in found)]
    if len(found) == 2:
        columns.append(Column("Difference"))
    rows = tuple(
        (
            Cell(name),
            *(_cell(cost.get(name)) for cost in costs),
            *(
                [Cell(f"{_value(costs[1].get(name)) - _value(costs[0].get(name)):+.3f}")]
                if len(found) == 2
                else []
            ),
        )
        for name in ordered[:SHOWN]
    )
    return Table(caption, tuple(columns), rows)


def _value(estimate: Estimate | None) -> float:
    return (estimate.value if estimate else None) or 0.0


def _cell(estimate: Estimate | None) -> Cell:
    if estimate is None or estimate.value is None:
        return Cell("0")
    bounds = estimate.confidence_interval
    detail = f"{max(bounds.low, 0):.3f} to {bounds.high:.3f}" if bounds else None
    return Cell(f"{estimate.value:.3f}", detail)


def _ms(samples: Counter[str], trial: ProfileTrial) -> dict[str, float]:
    return {key: count / trial.samples * trial.cpu_ms_per_request for key, count in samples.items()}


def _safe(content: object) -> str:
    """JSON within a page: no text in it can end its element."""
    return json.dumps(content, separators=(",", ":")).replace("<", "\\u003c")
