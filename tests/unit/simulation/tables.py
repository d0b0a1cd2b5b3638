"""The tables of docs/statistics.md, as Markdown."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from levelbench.model.config import load_config
from tests.unit.simulation import alternatives, covariate, errors
from tests.unit.simulation.counted import counted_table
from tests.unit.simulation.design_tables import (
    paired_table,
    spending_table,
    standard_table,
    stopping_table,
    windows_table,
)
from tests.unit.simulation.disturbance_tables import disturbed_table, overlap_table, retry_table
from tests.unit.simulation.machine import DRIFTING, STEADY, Machine, Timing
from tests.unit.simulation.markdown import percent, table
from tests.unit.simulation.power import Power, experiment, power, timing_of
from tests.unit.simulation.runs import EQUAL, Experiment, in_sequence
from tests.unit.simulation.search import Contestant

SEED = 20_260_101
PROFILES = {name: load_config().profile(name) for name in ("quick", "standard")}
UNEQUAL = {"a": 1.0, "b": 1.02, "c": 1.5, "d": 2.2}

DIFFERENCES = (0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3)

POWER_RUNS = 1_000
ERROR_RUNS = 4_000
METHOD_RUNS = 5_000
COVARIATE_RUNS = 20_000
CAPACITY_RUNS, CAPACITY_STARTS, CAPACITY_BUDGET_S, CAPACITY_BETWEEN_S = 200, 5, 150, 100


def error_table() -> str:
    machines = {"without the slow wave": STEADY, "with the slow wave": DRIFTING}
    rows = []
    for profile in PROFILES.values():
        blocks, alone = profile.blocks, Timing(profile.warmup_s, profile.closed_window_s)
        together = len(EQUAL)
        for label, machine in machines.items():
            called = Experiment(blocks, timing_of(profile, together + 1), machine=machine)
            plain = replace(
                called, timing=timing_of(profile, together), control=False, tie_threshold=0
            )
            manual = replace(plain, timing=alone, order=in_sequence)
            found = (
                errors.coverage(replace(plain, truth=UNEQUAL), ERROR_RUNS, SEED),
                errors.false_positives(plain, ERROR_RUNS, SEED),
                errors.false_positives(called, ERROR_RUNS, SEED),
                errors.false_positives(manual, ERROR_RUNS, SEED),
                errors.t_test_positives(manual, ERROR_RUNS, SEED),
            )
            name = f"{blocks} x {profile.closed_window_s} s, {label}"
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
    for profile in PROFILES.values():
        blocks = profile.blocks
        for label, (machine, starts) in cases.items():
            timing = timing_of(profile, len(starts))
            logs = alternatives.simulated(machine, timing, blocks, starts, METHOD_RUNS, SEED)
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
            for found in covariate.outcomes(correlation, blocks, COVARIATE_RUNS, SEED).values():
                cells.append(f"{found.half_width:.2f}; {percent(found.coverage, 1)}")
        rows.append(cells)
    heads = [
        f"{blocks} blocks, {name}"
        for blocks in (5, 10)
        for name in ("a slope for each pair", "one slope for all")
    ]
    return table(("correlation", *heads), rows)


def capacity_table() -> str:
    """The lab's search, the climb before it, and one rate a start by probabilistic bisection."""
    rows = []
    machines = {"a quarter": 0.25, "half": 0.5, "all": 1.0}
    for name, noise in machines.items():
        one = Contestant(100, STEADY.quieter(noise), CAPACITY_BETWEEN_S)
        alone = replace(one, between_s=0)
        found = (
            one.search(CAPACITY_RUNS, CAPACITY_STARTS, SEED),
            alone.search(CAPACITY_RUNS, CAPACITY_STARTS, SEED),
            one.climb(CAPACITY_RUNS, CAPACITY_STARTS, SEED),
            one.bisect(CAPACITY_RUNS, CAPACITY_BUDGET_S, SEED),
        )
        cells = (
            f"{percent(each.covered)}; ±{percent(each.half_width, 1)}; {each.bias:+.1%}; "
            f"{each.seconds:.0f} s"
            for each in found
        )
        rows.append([name, *cells])
    head = (
        "noise",
        "search, others between its starts",
        "search, alone",
        "climb by 10%",
        "bisection",
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
    "disturbed": disturbed_table,
    "retry": retry_table,
    "overlap": overlap_table,
    "windows": windows_table,
    "standard": standard_table,
    "paired": paired_table,
    "counted": counted_table,
    "stopping": stopping_table,
}
