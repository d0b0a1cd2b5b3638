"""Recorded output of the contestants' containers: what the audit's scripts and PostgreSQL said."""

import json

from levelbench.verify.parity.processes import Probed, Serving, parse, working
from tests import DATA

RECORDED = DATA / "parity"


def recorded(name: str) -> str:
    return (RECORDED / name).read_text(encoding="utf-8")


def probes(name: str) -> list[Probed]:
    """What the probe printed in a contestant's container: before, in three piles of requests, and
    with modules. Recorded with Python 3.13."""
    return [parse(json.dumps(part)) for part in json.loads(recorded(f"probe-{name}.json"))]


def serving(name: str) -> Serving:
    before, *piles, after = probes(name)
    return Serving(after, working(before, piles))
