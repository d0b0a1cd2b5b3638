"""A constructed run of the list alone, with exhibits beside their contestants."""

from collections.abc import Mapping, Sequence
from typing import Any

from levelbench.model.exhibit import Deviation, Exhibit
from levelbench.model.folder import Run
from levelbench.model.run import PlannedTrial, RunArguments
from tests.unit.factories import make_run, parameters, service, trial

OWN = {"starlette": 400.0, "fastapi": 320.0}
PUBLISHED = {"starlette": 1_200.0, "fastapi": 800.0}
"""As published 1.5 = 1.25 x 1.2: starlette gains 3 times by what it leaves out, fastapi 2.5."""

SUFFIX = "-as-published"


def exhibit(extends: str, **changes: Any) -> Exhibit:
    """One that reads the orders alone."""
    fields: dict[str, Any] = {
        "extends": extends,
        "statements": ("SELECT orders",),
        "user": False,
        "items": False,
        "total": False,
        "ordered": False,
        "token": False,
        "deviations": (
            Deviation(kind="repair", what="without its state", why="json cannot write it"),
            Deviation(kind="contract", what="no <b>count</b>", why="it does not count"),
        ),
    }
    return Exhibit(**(fields | changes))


def published_run(
    blocks: int = 5,
    own: Mapping[str, float] = OWN,
    shown: Mapping[str, float] = PUBLISHED,
    noise: Sequence[float] = (1.0,),
    exhibits: Mapping[str, Exhibit] | None = None,
) -> Run:
    """`noise` multiplies one label's throughput in one block, another's in the next."""
    declared = exhibits or {name: exhibit(name) for name in shown}
    rates = {**own, **{name + SUFFIX: rate for name, rate in shown.items()}}
    plan, trials = [], []
    for block in range(1, blocks + 1):
        for label, rate in rates.items():
            number = len(plan) + 1
            plan.append(
                PlannedTrial(
                    number=number, block=block, workload="list", service=label, label=label
                )
            )
            found = trial(
                number,
                block,
                label,
                throughput_rps=rate * noise[number % len(noise)],
                workload="list",
            )
            listed = found.endpoints["list"].model_copy(
                update={"statements_per_request": 1.0 if SUFFIX in label else 4.0}
            )
            trials.append(found.model_copy(update={"endpoints": {"list": listed}}))
    services = {name: service(name) for name in own}
    services |= {
        name + SUFFIX: service(name + SUFFIX, "exhibit", verified=None, exhibit=declared[name])
        for name in shown
    }
    record = make_run().record.model_copy(
        update={
            "plan": tuple(plan),
            "services": services,
            "workloads": {"list": parameters(weights={"list": 46})},
            "choices": RunArguments(
                workload="list", workloads={"list": blocks}, mix="journey", scale=1
            ),
        }
    )
    return Run(record=record, trials=tuple(trials))
