"""Tables of disturbed machines and of overlapping turns."""

from levelbench.model.config import load_config
from tests.unit.simulation import disturbed, overlap
from tests.unit.simulation.disturbed import MACHINES
from tests.unit.simulation.machine import DRIFTING, LOUD
from tests.unit.simulation.markdown import percent, table
from tests.unit.simulation.windows import FORMER, Design

SEED = 20_260_101
PROFILES = {name: load_config().profile(name) for name in ("quick", "standard")}

OVERLAP_RUNS = 1_000
RATES = (150.0, 150.0, 150.0, 50.0)
RULES: dict[overlap.Rule, str] = {
    "culprit": "fixed multiple, the culprit's trial is void",
    "victim": "fixed multiple, the victim's block is rerun",
    "gate": "gate, the victim's block is rerun",
}


def overlap_table() -> str:
    rows = []
    for label, machine in (("noisy", DRIFTING), ("noisier", LOUD)):
        for design, blocks in ((FORMER, 15), (Design(4, 2.5), 24)):
            for rule, name in RULES.items():
                found = overlap.simulate(machine, design, blocks, RATES, rule, OVERLAP_RUNS, SEED)
                rows.append(
                    [
                        f"{label}, {design}: {name}",
                        f"{100 * found.bias:+.2f}% ± {100 * found.error:.2f}%",
                        percent(found.void_slowest, 1),
                        percent(found.void_others, 1),
                        percent(found.harmed, 1),
                        f"{found.block_s:.0f} s",
                    ]
                )
    head = (
        "machine, design, rule",
        "bias of the slowest ± its standard error",
        "void, the slowest",
        "void, the others",
        "counted with more than 1% lost",
        "wall time per block",
    )
    return table(head, rows)


DISTURBED_RUNS = 2_000


def disturbed_table() -> str:
    rows = []
    for name, profile in PROFILES.items():
        for label, machine in MACHINES.items():
            found = disturbed.outcome(profile, machine, "block", DISTURBED_RUNS, SEED)
            rows.append(
                [
                    f"{name}, {label}",
                    percent(found.void, 1),
                    percent(found.rerun, 1),
                    percent(found.valid),
                    percent(found.publishable),
                    percent(found.coverage, 1),
                    percent(found.false_calls, 1),
                    percent(found.power),
                ]
            )
    head = (
        "profile, machine",
        "trials void",
        "blocks rerun",
        "runs valid",
        "publishable",
        "coverage",
        "false calls",
        "10% slower: called",
    )
    return table(head, rows)


def retry_table() -> str:
    rows = []
    for label in ("noisy", "disturbed", "heavily disturbed"):
        for name, profile in PROFILES.items():
            cells = [f"{name}, {label}"]
            for retry in ("trial", "block"):
                found = disturbed.outcome(profile, MACHINES[label], retry, DISTURBED_RUNS, SEED)
                bias = f"{100 * found.bias:+.2f}% ± {100 * found.error:.2f}%"
                cells += [percent(found.coverage, 1), percent(found.half_width, 1), bias]
            rows.append(cells)
    heads = [
        f"{what}, retry by {unit}"
        for unit in ("trial", "block")
        for what in ("coverage", "half-width", "bias ± standard error")
    ]
    return table(("profile, machine", *heads), rows)
