"""Tables of designs: windows, starts and early ends."""

from levelbench.model.config import load_config
from tests.unit.simulation import stopping
from tests.unit.simulation.machine import DRIFTING, FIXED, GATED, LOUD, QUIET, TurnsTiming
from tests.unit.simulation.markdown import percent, table
from tests.unit.simulation.spending import alternating_slices, windows_in_sequence
from tests.unit.simulation.windows import FORMER, Design, half_width, paired, seats, starts_within

SEED = 20_260_101
RUNS = 1_000
NOISE = {"quiet": QUIET, "noisy": DRIFTING, "noisier": LOUD}
STANDARD = load_config().profile("standard")
CURRENT = Design(STANDARD.slices, STANDARD.closed_window_s / STANDARD.slices)
WALL_S = 990
"""Wall time of 30 trials of 33 s."""


def spending_table() -> str:
    found = {
        f"one window of {window_s} s, in sequence": windows_in_sequence(
            DRIFTING, window_s, WALL_S, RUNS, SEED
        )
        for window_s in (30, 10, 5)
    } | {
        f"{Design(slices, slice_s)}, alternating": alternating_slices(
            DRIFTING, slice_s, slices, WALL_S, RUNS, SEED
        )
        for slices, slice_s in ((3, 10), (6, 5), (3, 5), (4, 2.5), (5, 2), (10, 2), (10, 1))
    }
    rows = [
        [
            name,
            str(each.starts),
            f"{each.measured_s:g} s",
            percent(each.half_width, 1),
            percent(each.coverage, 1),
            percent(each.coverage_over_slices, 1) if "alternating" in name else "",
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


CONTESTANTS = (2, 4, 6)
DESIGNS = (
    FORMER,
    Design(3, 4.5),
    *(Design(slices, slice_s) for slice_s in (3, 2.5, 2.25, 2, 1.5) for slices in (2, 3, 4, 5, 6)),
)
WINDOW_RUNS = 60


def windows_table() -> str:
    """Precision of designs for the wall time of the former 15 starts."""
    rows = []
    for label, costs in (("", GATED), ("no gate: ", FIXED)):
        for design in DESIGNS if costs is GATED else (FORMER, Design(4, 2.5), Design(5, 2)):
            cells = [f"{label}{design}"]
            for contestants in CONTESTANTS:
                timing = design.timing(seats(contestants), costs)
                starts = starts_within(timing, former_s(contestants))
                cells.append(_widths(timing, contestants, starts))
            rows.append(cells)
    heads = [f"{each} contestants, {former_s(each) / 60:.0f} min" for each in CONTESTANTS]
    return table(("each start has", *heads), rows)


def former_s(contestants: int) -> int:
    """Wall time of 15 starts without a gate."""
    return 15 * FORMER.timing(seats(contestants), FIXED).block_s


def _widths(timing: TurnsTiming, contestants: int, starts: int) -> str:
    widths = [
        percent(half_width(machine, timing, contestants, starts, WINDOW_RUNS, SEED), 1)
        for machine in (DRIFTING, LOUD)
    ]
    return f"{starts}: {', '.join(widths)}"


PROPOSED = (
    (15, FORMER, FIXED),
    (15, FORMER, GATED),
    (24, Design(4, 2.5), FIXED),
    (24, Design(4, 2.5), GATED),
    (24, CURRENT, GATED),
    (STANDARD.blocks, CURRENT, GATED),
)


def standard_table() -> str:
    """Wall time and precision of whole runs."""
    rows = []
    for starts, design, costs in PROPOSED:
        cells = [f"{starts} starts of {design}{', no gate' if costs is FIXED else ''}"]
        for contestants in CONTESTANTS:
            timing = design.timing(seats(contestants), costs)
            wall = f"{starts * timing.block_s / 60:.0f} min"
            cells.append(f"{wall}; {_widths(timing, contestants, starts).partition(': ')[2]}")
        rows.append(cells)
    return table(("run", *(f"{contestants} contestants" for contestants in CONTESTANTS)), rows)


BENCH_S = 32 * 60
"""Wall time of the blocks of `PROFILE=paired`; the run also verifies both versions."""


def paired_table() -> str:
    """Power of a paired bench of that time."""
    rows = []
    for label, machine in (("noisy", DRIFTING), ("noisier", LOUD)):
        for together, design, costs in (
            (3, FORMER, FIXED),
            (3, Design(4, 2.5), FIXED),
            (3, Design(4, 2.5), GATED),
            (3, Design(5, 2), GATED),
            (2, Design(4, 2.5), GATED),
            (2, Design(5, 2), GATED),
        ):
            timing = design.timing(together, costs)
            slower, same = (
                paired(machine, timing, BENCH_S, share, RUNS, SEED) for share in (0.05, 0)
            )
            name = f"{design}{', no gate' if costs is FIXED else ''}"
            twin = "" if together == 3 else ", no twin"
            rows.append(
                [
                    f"{label}: {name}{twin}",
                    str(starts_within(timing, BENCH_S)),
                    percent(slower.slower),
                    percent(slower.worse),
                    percent(slower.not_slower, 1),
                    percent(same.slower, 1),
                    percent(same.not_slower),
                ]
            )
    head = (
        "machine, design",
        "starts",
        "5% slower: slower",
        "worse, beyond the tie",
        "not slower",
        "unchanged: slower",
        "not slower",
    )
    return table(head, rows)


def stopping_table() -> str:
    rows = []
    for contestants, target in ((4, 0.045), (2, 0.03)):
        timing = CURRENT.timing(seats(contestants), GATED)
        for label, machine in NOISE.items():
            found = stopping.simulated(machine, timing, contestants, 2 * RUNS, SEED)
            ended = stopping.on_width(found, target)
            longest = stopping.LOOKS[-1]
            shares = [percent(float((ended.blocks == look).mean())) for look in stopping.LOOKS[:-1]]
            rows.append(
                [
                    f"{contestants} contestants, {percent(target, 1)}, {label}",
                    percent(ended.coverage, 1),
                    percent(ended.reached),
                    " / ".join(shares),
                    percent(float(ended.blocks.mean()) / longest),
                    percent(stopping.peeking(found), 1),
                ]
            )
    head = (
        "target, machine",
        "coverage",
        "target reached",
        f"ended after {' / '.join(str(look) for look in stopping.LOOKS[:-1])}",
        "share of 30 blocks",
        "false alarms of peeking at verdicts",
    )
    return table(head, rows)
