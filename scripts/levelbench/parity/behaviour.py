"""Behaviour: the contract suite, summed up by area."""

from collections import Counter

from levelbench.contract import CASES, run, unavailable
from levelbench.parity.ground import Ground


def audit(ground: Ground) -> None:
    """Every promise of the contract; each that is broken has a line of its own."""
    promised: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for case in CASES:
        if unavailable(case, ground.subject.endpoint) is not None:
            continue
        area = case.id.partition("/")[0]
        promised[area] += 1
        violation = run(case, ground.subject)
        if violation is None:
            kept[area] += 1
            continue
        ground.hold("behaviour", case.id, violation.expected, violation.seen, holds=False)
        if ground.subject.is_gone():
            ground.hold("behaviour", "still answers", "yes", f"no, after {case.id}")
            return
    for area, count in promised.items():
        ground.hold("behaviour", f"{area}: promises kept", f"{count} of {count}",
                    f"{kept[area]} of {count}")  # fmt: skip
