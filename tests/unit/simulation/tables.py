"""The tables of docs/statistics.md, as Markdown."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

import numpy as np

from levelbench.model.config import load_config
from tests.unit.simulation import alternatives, covariate, errors
from tests.unit.simulation.ladder import Ladders
from tests.unit.simulation.machine import DRIFTING, STEADY, Machine, Timing
from tests.unit.simulation.power import Power, experiment, power, timing_of
from tests.unit.simulation.runs import EQUAL, Experiment, sequential
from tests.unit.simulation.spending import alternating_slices, windows_in_sequence

SEED = 20_260_101
PROFILES = tuple(load_config().profile(name) for name in ("quick", "standard"))
UNEQUAL = {"a": 1.0, "b": 1.02, "c": 1.5, "d": 2.2}

DIFFERENCES = (0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3)

WALL_S = 990
"""Wall time of 30 trials of 33 s."""

POWER_RUNS = 1_000
ERROR_RUNS = 4_000
VECTOR_RUNS = 20_000


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def percent(share: float, digits: int = 0) -> str:
    return f"{100 * share:.{digits}f}%"


def error_table() -> str:
    machines = {"without the slow wave": STEADY, "with the slow wave": DRIFTING}
    rows = []
    for profile in PROFILES:
        blocks, alone = profile.blocks, Timing(profile.warmup_s, profile.measure_s)
        together = len(EQUAL)
        for label, machine in machines.items():
            called = Experiment(blocks, timing_of(profile, together + 1), machine=machine)
            plain = replace(
                called, timing=timing_of(profile, together), control=False, tie_threshold=0
            )
            manual = replace(plain, timing=alone, order=sequential)
            found = (
                errors.coverage(replace(plain, truth=UNEQUAL), ERROR_RUNS, SEED),
                errors.false_positives(plain, ERROR_RUNS, SEED),
                errors.false_positives(called, ERROR_RUNS, SEED),
                errors.false_positives(manual, ERROR_RUNS, SEED),
                errors.t_test_positives(manual, ERROR_RUNS // 10, SEED),
            )
            name = f"{blocks} x {profile.measure_s} s, {label}"
            rows.append([name, *(percent(share, 1) for share in found)])
    head = (
        "design, machine",
        "all intervals cover the truth",
        "an interval excludes 1",
        "called better or worse",
        "sequential: an interval excludes 1",
        "sequential, t-tests: p < 5%",
    )
    return table(head, rows)


def method_table() -> str:
    quiet = DRIFTING.quieter(0.25)
    cases = {
        "equal starts, noisy machine": (DRIFTING, (0.02, 0.02, 0.02, 0.02)),
        "one with uneven starts, noisy machine": (DRIFTING, (0.02, 0.02, 0.02, 0.08)),
        "equal starts, quiet machine": (quiet, (0.02, 0.02, 0.02, 0.02)),
        "uneven starts, quiet machine": (quiet, (0.015, 0.02, 0.035, 0.07)),
    }
    rows = []
    for profile in PROFILES:
        blocks = profile.blocks
        for label, (machine, starts) in cases.items():
            timing = timing_of(profile, len(starts))
            logs = alternatives.simulated(machine, timing, blocks, starts, VECTOR_RUNS, SEED)
            cells = []
            for method in alternatives.METHODS.values():
                widths = method(logs)
                close, wide = (float(np.median(widths[:, place])) for place in (0, -1))
                covered = percent(alternatives.coverage(logs, widths), 1)
                cells.append(f"{covered}; {percent(close, 1)}, {percent(wide, 1)}")
            rows.append([f"{blocks} blocks, {label}", *cells])
    return table(("", *alternatives.METHODS), rows)


@dataclass(frozen=True)
class Setting:
    """A column of the power tables."""

    profile: str
    contestants: int

    @property
    def head(self) -> str:
        return f"{self.profile}, {self.contestants} contestants"

    def power(self, machine: Machine, difference: float, runs: int, seed: int) -> Power:
        profile = load_config().profile(self.profile)
        return power(experiment(profile, self.contestants, difference, machine), runs, seed)


SETTINGS = tuple(
    Setting(profile, contestants) for profile in ("quick", "standard") for contestants in (4, 2)
)


def power_table(machine: Machine) -> str:
    rows = []
    for difference in DIFFERENCES:
        found = [setting.power(machine, difference, POWER_RUNS, SEED) for setting in SETTINGS]
        rows.append([percent(difference), *(power_cell(each) for each in found)])
    return table(("slower by", *(setting.head for setting in SETTINGS)), rows)


def power_cell(found: Power) -> str:
    return " / ".join(
        percent(share) for share in (found.called, found.beyond_control, found.excludes_one)
    )


def covariate_table() -> str:
    rows = []
    for correlation in (0.0, 0.3, 0.6, 0.9):
        cells = [f"{correlation:g}"]
        for blocks in (5, 10):
            for found in covariate.outcomes(correlation, blocks, VECTOR_RUNS, SEED).values():
                cells.append(f"{found.half_width:.2f}; {percent(found.coverage, 1)}")
        rows.append(cells)
    heads = [
        f"{blocks} blocks, {name}"
        for blocks in (5, 10)
        for name in ("a slope for each pair", "one slope for all")
    ]
    return table(("correlation", *heads), rows)


def spending_table() -> str:
    found = {
        f"one window of {window_s} s, in sequence": windows_in_sequence(
            DRIFTING, window_s, WALL_S, POWER_RUNS, SEED
        )
        for window_s in (30, 10, 5)
    } | {
        f"{slices} slices of {slice_s:g} s, alternating": alternating_slices(
            DRIFTING, slice_s, slices, WALL_S, POWER_RUNS, SEED
        )
        for slice_s, slices in (
            (10, 3),
            (5, 6),
            (7, 3),
            (5, 4),
            (5, 3),
            (4, 5),
            (2.5, 4),
            (2, 5),
            (2, 10),
            (1, 10),
        )
    }
    rows = [
        [
            name,
            str(each.starts),
            f"{each.measured_s:g} s",
            percent(each.half_width, 1),
            percent(each.coverage, 1),
            percent(each.coverage_over_slices, 1) if "slices" in name else "",
        ]
        for name, each in found.items()
    ]
    head = (
        "each start has",
        "starts",
        "measured",
        "half-width",
        "coverage of intervals over starts",
        "over slices",
    )
    return table(head, rows)


def capacity_table() -> str:
    rows = []
    for slowest_rps, noise, blocks in product((60, 400), (0.01, 0.03, 0.06), (5, 15)):
        design = Ladders(slowest_rps, noise, blocks)
        before, now = design.fixed(POWER_RUNS, SEED), design.shifted(POWER_RUNS, SEED)
        rows.append(
            [
                f"{slowest_rps} requests/s, {percent(noise)}, {blocks} blocks",
                *(percent(share) for share in before[:3]),
                *(percent(share) for share in now[:3]),
                percent(now.half_width, 1),
            ]
        )
    head = (
        "slowest contestant, noise of a trial, blocks",
        "one ladder: width 0",
        "ratio covered",
        "capacity covered",
        "shifted ladders: width 0",
        "ratio covered",
        "capacity covered",
        "half-width of the ratio",
    )
    return table(head, rows)


TABLES: dict[str, Callable[[], str]] = {
    "errors": error_table,
    "methods": method_table,
    "power": partial(power_table, DRIFTING),
    "power, half the noise": partial(power_table, DRIFTING.quieter(0.5)),
    "covariate": covariate_table,
    "spending": spending_table,
    "capacity": capacity_table,
}


def replace_table(text: str, name: str, content: str) -> str:
    """Replace the table between its markers. Raises ValueError where they are missing."""
    changed, count = re.subn(
        rf"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)",
        lambda found: f"{found[1]}{content}{found[2]}",
        text,
        flags=re.DOTALL,
    )
    if count != 1:
        raise ValueError(f"the text has no table {name!r}")
    return changed
