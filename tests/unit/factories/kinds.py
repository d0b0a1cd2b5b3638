"""One run of every kind that a report must be honest about."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache

from levelbench.bench.run import recorded
from levelbench.contestants.discovery import discover
from levelbench.model.estimate import Estimate, Interval
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.model.ledger import ParityEntry
from levelbench.model.run import RunRecord, ServiceRecord
from levelbench.model.since import Moved, Since
from levelbench.model.trial import CoreUse
from tests import DATA
from tests.unit.factories import make_run, service, wobble
from tests.unit.factories.code import shown
from tests.unit.factories.standard import standard_run
from tests.unit.factories.sweeps import sweep_run

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> {{ 7*7 }} & \u202e"
LONG = "a_version_without_any_place_to_break_" * 6

RATES = {"django": 175.0, "fastapi": 194.0, "flask": 164.0, "starlette": 213.0,
         "floor": 483.0, "floor-wsgi": 402.0}  # fmt: skip
COSTS_MS = {"django": 5.7, "fastapi": 5.0, "flask": 6.1, "starlette": 4.6,
            "floor": 1.7, "floor-wsgi": 2.1}  # fmt: skip
FOUR = ("django", "fastapi", "flask", "starlette")
SHARED = Finding(
    code="cores-shared",
    severity="warning",
    cause="database and load generator share a core",
    remedy="Use a machine of 4 cores or more.",
)
FOREIGN = Finding(
    code="noisy-neighbour",
    severity="error",
    cause="other programs used 12% of CPU 0 of postgres and k6",
    remedy="Stop what else runs on this machine (`top` shows it), and run again.",
)


@cache
def record_of(name: str) -> ServiceRecord:
    """What the lab records of a service under services/; its code takes a second to measure."""
    return recorded(next(found for found in discover().values() if found.name == name))


def with_sources(run: Run) -> Run:
    """The run with what the lab records of its services: code, production, choices, equal work."""
    services = {}
    parity = []
    for name, measured in run.record.services.items():
        record = record_of(name)
        services[name] = record.model_copy(
            update={
                field: getattr(measured, field)
                for field in (
                    "verified", "failure", "cold_start_ms", "image_mib", "memory_idle_mib"
                )
            }
        )  # fmt: skip
        parity += [
            ParityEntry(service=name, rule=rule, expected="equal", observed="equal", holds=True)
            for rule in ("password hash", "connections", "statements of list", "schema")
        ]
        parity += [shown(name, entry.what) for entry in record.included or ()]
    fields = run.record.model_dump() | {"services": services, "parity": tuple(parity)}
    return run.model_copy(update={"record": RunRecord(**fields)})


def with_cores(run: Run) -> Run:
    """The run with the shares of its two cores that other programs used, up to 2%."""
    return run.model_copy(
        update={
            "trials": tuple(
                trial.model_copy(
                    update={
                        "cores": {
                            cpu: CoreUse(
                                foreign_share=0.02
                                * abs(wobble(f"{trial.label}{cpu}", trial.block, 1) - 1),
                                stolen_share=0.0,
                            )
                            for cpu in ("0", "1")
                        }
                    }
                )
                for trial in run.trials
            )
        }
    )


def voided(run: Run, *numbers: int) -> Run:
    """The run with trials that other programs disturbed, and that were not run again."""
    return run.model_copy(
        update={
            "trials": tuple(
                trial.model_copy(
                    update={
                        "status": "invalid",
                        "findings": (FOREIGN.of_trials(trial.number),),
                        "cores": {"0": CoreUse(foreign_share=0.12), "1": CoreUse(foreign_share=0)},
                    }
                )
                if trial.number in numbers
                else trial
                for trial in run.trials
            )
        }
    )


def since(run: Run, *moved: Moved) -> Run:
    """The run as the second one of a series."""
    night_before = run.record.started_at - timedelta(days=1)
    last = Since(run_id="the-last-one", started_at=night_before, moved=moved, slowdown=0.031)
    return run.model_copy(update={"since": last})


def standard() -> Run:
    """20 rounds of the four and of both references, close to what a small machine measures."""
    run = make_run(
        blocks=20,
        throughput=RATES,
        cpu_ms=COSTS_MS,
        spread=0.05,
        control=FOUR,
        reference=True,
        wsgi_reference=True,
        profile="standard",
        run_id="20260102T030405-standard",
        findings=(SHARED,),
    )
    return since(with_sources(voided(with_cores(run), 12, 90)))


def nightly() -> Run:
    """Every kind of load."""
    moved = Moved(
        service="django",
        workload="closed",
        metric="throughput_rps",
        verdict="worse",
        ratio=Estimate(value=0.92, confidence_interval=Interval(low=0.88, high=0.95)),
    )
    return since(with_sources(standard_run(findings=(SHARED,))), moved)


def quick() -> Run:
    """5 rounds of the four, far apart: intervals beyond the axis."""
    return with_sources(make_run(spread=0.02))


def disturbed() -> Run:
    """A real quick run of which other programs voided 9 of 25 measurements."""
    return since(Run.model_validate_json((DATA / "disturbed-run.json").read_text()))


def partial() -> Run:
    return with_sources(make_run(measured_blocks=2, reference=True))


def failed() -> Run:
    """An invalid run, in which one contestant failed."""
    cause = "an engine's error ended the run before its last measurement"
    broken = Finding(code="run-ended", severity="error", cause=cause, remedy="Read the log.")
    return make_run(findings=(broken,), failed="flask")


def one() -> Run:
    return with_sources(make_run(throughput={"flask": 164.0}, cpu_ms=COSTS_MS, control=None))


def many() -> Run:
    """25 services with names of 22 characters, with and without a place to break."""
    names = {
        f"contestant-in-place-{n:02}": f"Framework with name {n:02}"
        if n % 2
        else f"Unbreakableframework{n:02}"
        for n in range(1, 24)
    }
    run = make_run(
        throughput={name: 120.0 * 1.04**n for n, name in enumerate(names)},
        cpu_ms={name: 8.0 / 1.04**n for n, name in enumerate(names)} | COSTS_MS,
        spread=0.03,
        control=tuple(names),
        reference=True,
        wsgi_reference=True,
    )
    services = run.record.services | {
        name: service(name, display_name=shown_as) for name, shown_as in names.items()
    }
    return run.model_copy(update={"record": run.record.model_copy(update={"services": services})})


def smoke() -> Run:
    return make_run(blocks=1, control=None, profile="smoke", publishable=False)


def sweep() -> Run:
    """One framework at several values of a setting."""
    return sweep_run()


def nothing() -> Run:
    """Nothing was measured."""
    return make_run(status="partial").model_copy(update={"trials": ()})


def hostile() -> Run:
    """Text from outside that wants to be more than text."""
    names = ("django", "fastapi", "flask")
    return make_run(
        findings=(Finding(code=HOSTILE, severity="warning", cause=HOSTILE, remedy=LONG),),
        services={
            **{name: service(name) for name in names},
            "starlette": service(
                "starlette",
                display_name=HOSTILE,
                traits={"interface": HOSTILE},
                packages={HOSTILE: HOSTILE, LONG: LONG},
                failure=HOSTILE,
            ),
        },
    )


KINDS: dict[str, Callable[[], Run]] = {
    kind.__name__: kind
    for kind in (
        standard, nightly, quick, disturbed, partial, failed, one, many, smoke, sweep, nothing,
        hostile,
    )
}  # fmt: skip
