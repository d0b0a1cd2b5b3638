"""Split claimed leads: how much of each is the framework, and how much is omitted work."""

from collections.abc import Mapping

from levelbench.analysis import verdict
from levelbench.analysis.verdict import Observations
from levelbench.model.results import Split

Leads = Mapping[tuple[str, str], float]
"""Claimed ratio of throughput a / b, by (a, b)."""


def splits(
    leads: Leads, exhibits: Mapping[str, str], observed: Mapping[str, Observations]
) -> tuple[Split, ...]:
    """Split each lead that has a block with all four measurements: a, b and their exhibits.

    `exhibits`: contestant -> its exhibit; `observed`: label -> throughput by block.
    """
    found = []
    for (a, b), claimed in leads.items():
        labels = [a, b, exhibits.get(a), exhibits.get(b)]
        four = [observed.get(label, {}) for label in labels if label]
        if len(four) == len(labels) and (split := _split(a, b, claimed, four)):
            found.append(split)
    return tuple(found)


def _split(a: str, b: str, claimed: float, four: list[Observations]) -> Split | None:
    """In each block, ln as_published = ln equal_work + ln left_out, and so in the means: the three
    estimates multiply. All three come from the same blocks, paired within them.

    `left_out` compares two gains: a's exhibit over a, and b's exhibit over b.
    """
    blocks = [
        block
        for block in sorted(set.intersection(*(set(values) for values in four)))
        if all(values[block] for values in four)  # a zero has no logarithm
    ]
    if not blocks:
        return None
    rows = [tuple(values[block] for values in four) for block in blocks]
    return Split(
        a=a,
        b=b,
        claimed=claimed,
        blocks=len(blocks),
        as_published=verdict.ratio([(shown_a, shown_b) for _, _, shown_a, shown_b in rows]),
        equal_work=verdict.ratio([(own_a, own_b) for own_a, own_b, _, _ in rows]),
        left_out=verdict.ratio(
            [(shown_a / own_a, shown_b / own_b) for own_a, own_b, shown_a, shown_b in rows]
        ),
    )
