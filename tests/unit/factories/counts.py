"""Runs that count a contestant and itself at another commit."""

import math
from collections.abc import Mapping, Sequence

from levelbench.model.count import Counting, CountRecord, Dump
from levelbench.model.folder import Run
from levelbench.model.run import RunArguments, RunRecord
from levelbench.model.vocabulary import Endpoint
from tests.unit.factories import START, environment, service
from tests.unit.factories import make_run as timed_run

PYTHON = "/usr/bin/python3.13"
PROTOCOL = "/opt/venv/lib/python3.13/site-packages/asyncpg/protocol/protocol.so"
BASE: Mapping[Endpoint, int] = {"list": 11_000_000, "detail": 4_400_000}
"""Instructions per request of the base."""
REQUESTS = 25
SAME = (0.0004, -0.0003, 0.0002, -0.0005, 0.0003, 0.0001, -0.0002, 0.0)
"""ln(head / base) of eight hash seeds, where an edit costs nothing."""


def changed(by: float, values: Sequence[float] = SAME) -> tuple[float, ...]:
    return tuple(by + value for value in values)


LAYOUT = (0.011, -0.012, 0.0, 0.015, 0.0, -0.01, 0.0, 0.008)
"""What eight starts add to look-ups because of where they placed their objects."""


def dump(instructions: int, lookups: int = 0) -> Dump:
    """Three quarters in the interpreter: two functions, and many small ones. `lookups`: more."""
    driver = instructions // 4
    lookup, rest = instructions // 8, instructions // 50
    evaluation = instructions - driver - lookup - rest
    return Dump(
        requests=REQUESTS,
        seconds=5.0,
        objects={PYTHON: instructions - driver + lookups, PROTOCOL: driver},
        functions={
            PYTHON: {
                "_PyEval_EvalFrameDefault": evaluation, "_Py_dict_lookup": lookup + lookups,
                "other": rest,
            },
            PROTOCOL: {"0x0000000000012340": driver},
        },
    )  # fmt: skip


def count(
    name: str,
    seed: int,
    per_request: Mapping[Endpoint, float],
    lookups: float = 0.0,
    idle: int = 0,
) -> CountRecord:
    return CountRecord(
        service=name,
        seed=seed,
        image="sha256:" + "b2" * 32,
        valgrind="3.24.0",
        idle=Dump(requests=0, seconds=5.0, objects={PYTHON: idle}),
        endpoints={
            endpoint: tuple(
                dump(round(REQUESTS * number * more), round(REQUESTS * number * lookups))
                for more in (1.0, 1.001)
            )
            for endpoint, number in per_request.items()
        },
    )


def make_pair(
    logs: Mapping[Endpoint, Sequence[float]],
    *,
    seeds: int = 8,
    status: str = "complete",
    layout: Sequence[float] = (0.0,) * 8,
    idle: int = 0,
) -> Run:
    """FastAPI and its base. `logs`: ln(head / base) of each hash seed; seeds differ by 1%.
    `layout`: the share of look-ups that each start of the head adds. `idle`: instructions without
    requests, in the time of a dump."""
    counts = []
    for seed in range(max(map(len, logs.values()))):
        own = {e: BASE[e] * (1 + 0.01 * (seed % 3)) for e, ds in logs.items() if seed < len(ds)}
        head = {e: own[e] * math.exp(logs[e][seed]) for e in own}
        counts.append(count("fastapi", seed, head, layout[seed], idle))
        counts.append(count("fastapi-base", seed, own, idle=idle))
    record = timed_run().record
    return Run(
        record=RunRecord(
            run_id="20260102-030405-count",
            profile="count",
            seed=0,
            status="partial" if status == "partial" else "complete",
            publishable=True,
            started_at=START,
            plan=(),
            environment=environment(),
            services={
                "fastapi": service("fastapi"),
                "fastapi-base": service("fastapi", display_name="FastAPI at 0123456789ab"),
            },
            choices=RunArguments(
                workloads={}, mix="journey", scale=1, base="0123456789abcdef"
            ),
            workloads={},
            counting=Counting(
                seeds=tuple(range(seeds)),
                warmup=dict.fromkeys(logs, 80),
                requests=dict.fromkeys(logs, REQUESTS),
            ),
            statistics=record.statistics,
        ),
        trials=(),
        counts=tuple(counts),
    )  # fmt: skip
