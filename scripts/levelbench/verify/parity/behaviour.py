"""Behaviour: the contract suite, summed up by area."""

import time
from collections import Counter

from levelbench.verify.contract import CASES, run, tokens, unavailable
from levelbench.verify.contract.subject import ORDERS
from levelbench.verify.parity.ground import AT_ONCE, Ground

LIVES_S = (3, 10, 30)
"""Lives of the token that is tried, each if the one before was over too soon."""


def audit(ground: Ground) -> None:
    """A token that ends while it is in use, then every promise of the contract; each that is
    broken has a line of its own.
    """
    _hold_expiry(ground)
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


def _hold_expiry(ground: Ground) -> None:
    """A token that was good a moment ago is refused by every process once it has expired."""
    subject = ground.subject
    seen = ""
    for life_s in LIVES_S:
        expires_at = int(time.time()) + life_s
        token = tokens.sign({"sub": str(subject.user.id), "exp": expires_at}, subject.secret)

        def order(number: int, token: str = token) -> int:
            return subject.call("GET", f"{ORDERS}/{subject.order['id']}", token=token).status

        before = set(ground.each(order, AT_ONCE))
        if time.time() > expires_at:
            continue  # too slow a moment to show anything
        time.sleep(max(0.0, expires_at + 1 - time.time()))
        after = set(ground.each(order, AT_ONCE))
        seen = f"{sorted(before)} before its end, {sorted(after)} after"
        break
    ground.hold("behaviour", "a token in use expires", "[200] before its end, [401] after", seen)
