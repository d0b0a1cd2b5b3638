"""Parity rule "behaviour": the contract suite, summarised by area."""

import time
from collections import Counter

from levelbench.verify.contract import CASES, run, tokens, unavailable
from levelbench.verify.contract.subject import ORDERS
from levelbench.verify.parity.ground import AT_ONCE, Ground

LIVES_S = (3, 10, 30)
"""Lifetimes of the token; the next is tried if the token expired before the first request."""


def audit(ground: Ground) -> None:
    """Check that a token expires, then run every case of the contract.

    Each failed case gets its own ledger line.
    """
    _check_expiry(ground)
    cases: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for case in CASES:
        if unavailable(case, ground.subject.endpoint) is not None:
            continue
        area = case.id.partition("/")[0]
        cases[area] += 1
        violation = run(case, ground.subject)
        if violation is None:
            passed[area] += 1
            continue
        ground.record("behaviour", case.id, violation.expected, violation.seen, holds=False)
        if ground.subject.is_gone():
            ground.record("behaviour", "server still answers", "yes", f"no, since {case.id}")
            return
    for area, count in cases.items():
        ground.record("behaviour", f"{area}: cases passed", f"{count} of {count}",
                    f"{passed[area]} of {count}")  # fmt: skip


def _check_expiry(ground: Ground) -> None:
    """Every process refuses a token that was accepted before it expired."""
    subject = ground.subject
    seen = ""
    for life_s in LIVES_S:
        expires_at = int(time.time()) + life_s
        token = tokens.sign({"sub": str(subject.user.id), "exp": expires_at}, subject.secret)

        def order(number: int, token: str = token) -> int:
            return subject.call("GET", f"{ORDERS}/{subject.order['id']}", token=token).status

        before = set(ground.each(order, AT_ONCE))
        if time.time() > expires_at:
            continue  # expired before all requests were answered: inconclusive
        time.sleep(max(0.0, expires_at + 1 - time.time()))
        after = set(ground.each(order, AT_ONCE))
        seen = f"{sorted(before)} before expiry, {sorted(after)} after"
        break
    ground.record("behaviour", "a token in use expires", "[200] before expiry, [401] after", seen)
