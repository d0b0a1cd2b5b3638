"""Constructed runs: realistic records with exact, known figures. No clock, no randomness."""

import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from levelbench.lab.topology import plan
from levelbench.model.config import load_config
from levelbench.model.count import FOLDER
from levelbench.model.files import save
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.model.limits import Statistics
from levelbench.model.measurement import EndpointWindow, LatencySummary, Window
from levelbench.model.run import (
    RUN_FILE,
    CpuAccounting,
    Environment,
    ImageIdentity,
    PlannedTrial,
    RunArguments,
    RunRecord,
    ServiceRecord,
    WorkloadParameters,
)
from levelbench.model.since import SINCE_FILE
from levelbench.model.traits import Trait, Value
from levelbench.model.trial import (
    CONTROL_SUFFIX,
    ContainerUse,
    RowCounts,
    TaskSummary,
    TrialRecord,
    TrialStatus,
    save_trial,
)
from levelbench.model.vocabulary import Endpoint, Role
from tests.unit.lab.machines import singles

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
VUS = 100
SECONDS = 10.0
WEIGHTS: dict[Endpoint, float] = {
    "register": 0.02,
    "login": 0.02,
    "list": 0.46,
    "detail": 0.46,
    "task": 0.04,
}
THROUGHPUT = {"django": 180.0, "fastapi": 400.0, "flask": 260.0, "starlette": 404.0}
"""starlette and fastapi tie: 1% apart."""
CPU_MS = {"django": 5.4, "fastapi": 2.4, "flask": 3.7, "floor": 0.5, "floor-wsgi": 0.9,
          "starlette": 2.35}  # fmt: skip
MEMORY_MIB = {"django": 172.0, "fastapi": 64.0, "flask": 166.0, "floor": 25.0, "floor-wsgi": 60.0,
              "starlette": 51.0}  # fmt: skip
NOISY = (0.9, 1.12, 1.0, 1.1, 0.95)
"""A twin against itself: anything from 10% below to 12% above, on average the same."""
UNEVEN = (1.11, 1.13, 1.12, 1.14, 1.12)
"""A twin that is better than itself."""
NOISE = (1.004, 0.997, 1.002, 0.995, 1.003)
"""What a block does to every service alike, before each one's own small part."""


def environment(cores: int = 2) -> Environment:
    topology = plan(singles(cores)).cpusets()
    return Environment(
        cpu_model="Example CPU 2.4 GHz",
        cores=cores,
        memory_mib=7964.0,
        kernel="6.1.0",
        engine="docker 28.0.1",
        cgroup="v2",
        topology=topology,
        images={
            "postgres": ImageIdentity(reference="postgres:17.11", digest="sha256:" + "a1" * 32),
            "fastapi": ImageIdentity(reference="levelbench/fastapi", id="sha256:" + "b2" * 32),
        },
        versions={"postgres": "17.11", "redis": "8.0.2", "k6": "1.2.3", "levelbench": "0.1.0"},
        git_commit="0123456789abcdef0123456789abcdef01234567",
        cpu_accounting=CpuAccounting(
            irq_time_accounting=False,
            paravirt_time_accounting=True,
            virt_cpu_accounting_gen=False,
            tick_cpu_accounting=True,
        ),
    )


ASGI: dict[Trait, Value] = {
    "interface": "asgi", "server": "uvicorn", "http_parser": "httptools", "event_loop": "uvloop",
    "processes": 1, "threads": 0, "driver": "asyncpg", "protocol": "prepared",
    "data_layer": "sql", "serializer": "json", "python": "3.13",
}  # fmt: skip
WSGI: dict[Trait, Value] = {
    "interface": "wsgi", "server": "gunicorn", "http_parser": "gunicorn", "event_loop": "none",
    "processes": 3, "threads": 4, "driver": "psycopg (C)", "protocol": "text",
    "data_layer": "sql", "serializer": "json", "python": "3.13",
}  # fmt: skip
LAYERS: dict[str, dict[Trait, Value]] = {
    "django": {"data_layer": "django"},
    "flask": {"data_layer": "flask-sqlalchemy"},
    "fastapi": {"data_layer": "sqlalchemy-asyncio", "serializer": "pydantic"},
    "starlette": {"data_layer": "sqlalchemy-asyncio"},
}


def service(name: str, role: Role = "contestant", **changes: Any) -> ServiceRecord:
    fields: dict[str, Any] = {
        "role": role,
        "display_name": {"fastapi": "FastAPI"}.get(name, name.capitalize()),
        "traits": {**(WSGI if name in ("django", "flask") else ASGI), **LAYERS.get(name, {})},
        "verified": True,
        "cold_start_ms": 900.0,
        "image_mib": 210.5,
        "memory_idle_mib": 40.0,
        "packages": {name: "1.2.3", "celery": "5.6.0"},
    }
    return ServiceRecord(**(fields | changes))


def parameters(**changes: Any) -> WorkloadParameters:
    fields: dict[str, Any] = {
        "vus": VUS,
        "warmup_s": 5,
        "measure_s": 10,
        "orders": 10_000,
        "scale": 1,
        "dataset_sha256": "d3d3",
    }
    return WorkloadParameters(**(fields | changes))


def wobble(label: str, block: int, spread: float = 0.004) -> float:
    """A service's own small part of the noise, within +-`spread`, another in each block."""
    return 1 + spread * (zlib.crc32(f"{label}{block}".encode()) % 9 - 4) / 4


def latency(mean_ms: float, count: int) -> LatencySummary:
    return LatencySummary(
        count=count,
        mean_ms=mean_ms,
        p50_ms=mean_ms * 0.9 if count >= 40 else None,
        p90_ms=mean_ms * 1.5 if count >= 200 else None,
        p95_ms=mean_ms * 1.8 if count >= 400 else None,
        p99_ms=mean_ms * 2.5 if count >= 2_000 else None,
        p999_ms=None,
        max_ms=mean_ms * 3.5,
    )


def trial(
    number: int,
    block: int,
    label: str,
    *,
    throughput_rps: float = 400.0,
    cpu_ms: float = 2.4,
    memory_mib: float = 64.0,
    errors: int = 0,
    status: TrialStatus = "valid",
    workload: str = "closed",
    **changes: Any,
) -> TrialRecord:
    """A trial of the closed workload: latency follows throughput by Little's law."""
    requests = round(throughput_rps * SECONDS)
    mean_ms = 1000 * VUS / throughput_rps
    tasks = round(requests * WEIGHTS["task"])
    fields: dict[str, Any] = {
        "number": number,
        "block": block,
        "workload": workload,
        "service": label.removesuffix(CONTROL_SUFFIX),
        "label": label,
        "status": status,
        "started_at": START + timedelta(seconds=30 * number),
        "duration_s": {"restore": 1.2, "start": 2.1, "warmup": 5.0, "measure": 10.0, "drain": 0.8},
        "cold_start_ms": 900.0 + 10 * block,
        "machine_speed": 1000.0 + block,
        "window": Window(
            seconds=SECONDS,
            requests=requests,
            errors=errors,
            throughput_rps=throughput_rps,
            latency=latency(mean_ms, requests),
            halves=(throughput_rps * 1.001, throughput_rps * 0.999),
            vus_busy_share=0.99,
        ),
        "endpoints": {
            endpoint: EndpointWindow(
                requests=round(requests * weight),
                errors=0,
                throughput_rps=throughput_rps * weight,
                latency=latency(mean_ms, round(requests * weight)),
                statements_per_request={"list": 4.0, "detail": 3.0}.get(endpoint),
            )
            for endpoint, weight in WEIGHTS.items()
        },
        "resources": {
            "service": ContainerUse(
                cpu_ms=cpu_ms * requests,
                cpu_share_of_limit=min(1.0, cpu_ms * throughput_rps / 1000),
                throttled_periods=1,
                periods=100,
                memory_peak_mib=memory_mib,
                memory_mean_mib=memory_mib - 2,
            ),
            "worker": ContainerUse(cpu_ms=0.1 * requests, cpu_share_of_limit=0.04),
            "postgres": ContainerUse(cpu_ms=0.8 * requests, cpu_share_of_limit=0.33),
            "redis": ContainerUse(cpu_ms=0.02 * requests, cpu_share_of_limit=0.01),
            "k6": ContainerUse(cpu_ms=0.3 * requests, cpu_share_of_limit=0.12),
        },
        "rows": RowCounts(
            users_added=8, registrations_201=8, tasks_added=tasks, invoices_202=tasks
        ),
        "tasks": TaskSummary(
            accepted=tasks,
            completed=tasks,
            lost=0,
            lag_p50_ms=12.0,
            lag_p95_ms=45.0 if tasks >= 400 else None,
            open_at_end=block,
            drain_s=0.5,
        ),
        "postgres_settings": {"autovacuum": "off"},
    }
    return TrialRecord(**(fields | changes))


def statistics(**changes: float) -> Statistics:
    """The configured limits of verdicts, with changes."""
    return load_config().statistics.model_copy(update=changes)


def failed_trial(number: int, block: int, label: str, workload: str = "closed") -> TrialRecord:
    finding = Finding(
        code="out-of-memory",
        severity="error",
        cause="the contestant was killed for want of memory",
        remedy="Find out what holds it.",
        trials=(number,),
    )
    return TrialRecord(
        number=number,
        block=block,
        workload=workload,
        service=label.removesuffix(CONTROL_SUFFIX),
        label=label,
        status="failed",
        started_at=START + timedelta(seconds=30 * number),
        findings=(finding,),
    )


def make_run(
    *,
    blocks: int = 5,
    throughput: Mapping[str, float] = THROUGHPUT,
    cpu_ms: Mapping[str, float] = CPU_MS,
    spread: float = 0.004,
    control: str | Sequence[str] | None = "fastapi",
    control_factor: tuple[float, ...] = (1.0,),
    reference: bool = False,
    wsgi_reference: bool = False,
    failed: str | None = None,
    measured_blocks: int | None = None,
    profile: str = "quick",
    publishable: bool = True,
    cores: int = 2,
    **changes: Any,
) -> Run:
    """A run of the closed workload.

    `spread` is each service's own noise; several `control` take turns, block by block;
    `control_factor` multiplies the twin's throughput, block by block, over and over;
    `measured_blocks` below `blocks` makes the run partial; `failed` fails in every trial.
    """
    services = {name: service(name) for name in throughput}
    rates = dict(throughput)
    if reference:
        services["floor"] = service("floor", "reference", display_name="Bare ASGI")
        rates.setdefault("floor", 700.0)
    if wsgi_reference:
        services["floor-wsgi"] = service(
            "floor-wsgi", "reference", display_name="Bare WSGI", traits=WSGI
        )
        rates.setdefault("floor-wsgi", 500.0)
    twins = (control,) if isinstance(control, str) else tuple(control or ())
    plan: list[PlannedTrial] = []
    trials: list[TrialRecord] = []
    for block in range(1, blocks + 1):
        labels = [*rates, *(twins[block % len(twins)] + CONTROL_SUFFIX for _ in twins[:1])]
        shift = block % len(labels)  # any order will do, as long as it varies
        for label in labels[shift:] + labels[:shift]:
            name = label.removesuffix(CONTROL_SUFFIX)
            number = len(plan) + 1
            plan.append(
                PlannedTrial(
                    number=number, block=block, workload="closed", service=name, label=label
                )
            )
            if block > (measured_blocks or blocks):
                continue
            if name == failed:
                trials.append(failed_trial(number, block, label))
                continue
            rate = rates[name] * NOISE[block % len(NOISE)] * wobble(label, block, spread)
            if label != name:
                rate *= control_factor[block % len(control_factor)]
            trials.append(
                trial(
                    number,
                    block,
                    label,
                    throughput_rps=rate,
                    cpu_ms=cpu_ms.get(name, 3.0) * wobble(label, block, spread),
                    memory_mib=MEMORY_MIB.get(name, 80.0) + block / 10,
                )
            )
    record: dict[str, Any] = {
        "run_id": "20260102T030405-quick",
        "profile": profile,
        "seed": 42,
        "status": "complete" if measured_blocks is None else "partial",
        "publishable": publishable,
        "started_at": START,
        "finished_at": START + timedelta(minutes=9) if measured_blocks is None else None,
        "plan": plan,
        "environment": environment(cores),
        "services": services,
        "workloads": {
            "closed": parameters(
                weights={"register": 2, "login": 2, "list": 46, "detail": 46, "task": 4}
            )
        },
        "choices": RunArguments(workloads={"closed": blocks}, mix="journey", scale=1),
        "statistics": statistics(),
    }
    return Run(record=RunRecord(**(record | changes)), trials=tuple(trials))


def write_run(folder: Path, run: Run) -> Path:
    """The run's folder as the lab writes it."""
    save(folder / RUN_FILE, run.record)
    for record in run.trials:
        save_trial(folder / "trials" / record.folder_name, record)
    for count in run.counts:
        save(folder / FOLDER / count.file_name, count)
    if run.since:
        save(folder / SINCE_FILE, run.since)
    return folder


def under(run: Run, workload: str, **changes: Any) -> Run:
    """The same run as of another workload, with other parameters; `trial` changes every trial."""
    of_trial = changes.pop("trial", lambda trial: {})
    record = run.record.model_copy(
        update={
            "plan": tuple(t.model_copy(update={"workload": workload}) for t in run.record.plan),
            "workloads": {workload: parameters(**changes)},
            "choices": RunArguments(
                workload=workload, workloads={workload: 5}, mix="journey", scale=1
            ),
        }
    )
    trials = tuple(t.model_copy(update={"workload": workload, **of_trial(t)}) for t in run.trials)
    return Run(record=record, trials=trials)
