"""The published leads: how much of each is the framework, and how much is work left out."""

from collections.abc import Mapping

from levelbench.analysis import verdict
from levelbench.analysis.claims.article import article
from levelbench.analysis.verdict import Observations
from levelbench.model.results import Split

LEADS = (
    ("starlette", "fastapi"),
    ("starlette", "django"),
    ("fastapi", "django"),
    ("flask", "django"),
)
"""Who is said to be ahead of whom; or behind, as Flask is of Django."""


def splits(exhibits: Mapping[str, str], observed: Mapping[str, Observations]) -> tuple[Split, ...]:
    """Each lead for which there is a block with all four.

    `exhibits`: contestant -> its exhibit; `observed`: label -> throughput, block by block.
    """
    found = []
    for a, b in LEADS:
        labels = [a, b, exhibits.get(a), exhibits.get(b)]
        four = [observed.get(label, {}) for label in labels if label]
        if len(four) == len(labels) and (split := _split(a, b, four)):
            found.append(split)
    return tuple(found)


def _split(a: str, b: str, four: list[Observations]) -> Split | None:
    """In each block, ln as_published = ln equal_work + ln left_out; so it is with their means, and
    the three estimates multiply. All three are from the same blocks, paired within them.

    The gains that are compared are a's exhibit over a, and b's exhibit over b.
    """
    blocks = [
        block
        for block in sorted(set.intersection(*(set(values) for values in four)))
        if all(values[block] for values in four)  # a zero has no logarithm
    ]
    if not blocks:
        return None
    measured = article().measured
    rows = [tuple(values[block] for values in four) for block in blocks]
    return Split(
        a=a,
        b=b,
        claimed=measured[a].throughput_rps / measured[b].throughput_rps,
        blocks=len(blocks),
        as_published=verdict.ratio([(shown_a, shown_b) for _, _, shown_a, shown_b in rows]),
        equal_work=verdict.ratio([(own_a, own_b) for own_a, own_b, _, _ in rows]),
        left_out=verdict.ratio(
            [(shown_a / own_a, shown_b / own_b) for own_a, own_b, shown_a, shown_b in rows]
        ),
    )
