"""Docker engine's lines of the doctor's table: programs, host, caps, counters, other containers."""

import os
import platform
from collections.abc import Mapping
from typing import Any

from levelbench import command
from levelbench.errors import LabError
from levelbench.lab.compose.client import Client, asking
from levelbench.lab.compose.site import compose_version
from levelbench.lab.doctor.diagnosis import Diagnosis, Grade
from levelbench.lab.meters import cgroup
from levelbench.model.topology import Topology, parse_cpu_list

CAPS = {"CPUSet": "cores", "CpuCfsQuota": "processor time", "MemoryLimit": "memory"}
"""What the engine says of itself -> what it holds a container to. Without one of them the
contestants are not in the same box."""


def checks(client: Client, topology: Topology | None) -> list[Diagnosis]:
    """All of them, in the order of the table."""
    return [
        programs(client.info),
        host(client.info, topology),
        caps(client.info),
        counters(client),
        neighbours(client.info),
    ]


def programs(info: Mapping[str, Any]) -> Diagnosis:
    """Engine, storage driver, and the plugins that the lab works it with."""
    driver = str(info.get("Driver"))
    versions, lacking = {"engine": str(info.get("ServerVersion"))}, []
    for plugin, ask in {"compose": compose_version, "buildx": _buildx_version}.items():
        try:
            versions[plugin] = ask()
        except command.CommandError:
            lacking.append(f"docker {plugin}")
    rootless = any("rootless" in option for option in info.get("SecurityOptions") or ())
    grade: Grade = "ok"
    effect, remedy = "The same programs start every contestant.", ""
    if driver == "vfs":
        grade = "note"
        effect = "This storage driver copies a whole image for each container: cold starts tell "
        effect += "of the disk, and a trial takes longer."
        remedy = "Let the engine use overlay2 (`docker info` names its storage driver)."
    if lacking:
        grade, effect = "bad", "Nothing can be started."
        remedy = "Run scripts/bootstrap.sh."
    return Diagnosis(
        code="engine",
        name="Engine",
        found=", ".join(f"{name} {version}" for name, version in versions.items())
        + f"; storage driver {driver}{'; rootless' if rootless else ''}"
        + (f"; missing: {', '.join(lacking)}" if lacking else ""),
        grade=grade,
        effect=effect,
        remedy=remedy,
        required=bool(lacking),
        figures={**versions, "storage_driver": driver, "rootless": rootless},
    )


def _buildx_version() -> str:
    # `github.com/docker/buildx v0.13.1 788433953af10f2a698f5c07611dddce2e08c7a0`
    words = command.run(["docker", "buildx", "version"], timeout_s=10).split()
    return words[1].removeprefix("v") if len(words) > 1 else "of unknown version"


def is_elsewhere(info: Mapping[str, Any]) -> bool:
    """Whether containers run on another kernel than this process."""
    return bool(info.get("KernelVersion") != platform.release())


def host(info: Mapping[str, Any], topology: Topology | None) -> Diagnosis:
    """Whether what this process sees of the machine is what the containers run on."""
    elsewhere, engine_cpus = is_elsewhere(info), info.get("NCPU")
    asked = max(parse_cpu_list(topology.everything)) + 1 if topology else 0
    short = engine_cpus is not None and engine_cpus < asked
    grade: Grade = "bad" if short else "note" if elsewhere else "ok"
    place = "on another kernel than this process: a virtual machine, or another host"
    return Diagnosis(
        code="engine-host",
        name="Engine's host",
        found=(place if elsewhere else "this machine")
        + (f"; it has {engine_cpus} CPUs, the lab counts on {asked}" if short else ""),
        grade=grade,
        effect={
            "ok": "What is seen here is what containers run on.",
            "note": "Cores, clock and load are looked at here, and containers run there.",
            "bad": "Containers are given cores that are not there, and do not start.",
        }[grade],
        remedy=""
        if grade == "ok"
        else "Run the lab on the Linux machine that runs the engine."
        + (" Or give its virtual machine all cores." if short else ""),
        figures={"elsewhere": elsewhere, "engine_cpus": engine_cpus},
    )


def caps(info: Mapping[str, Any]) -> Diagnosis:
    """Whether the engine can hold containers to their caps."""
    lacking = [what for key, what in CAPS.items() if not info.get(key)]
    swapping = not info.get("SwapLimit") and not lacking
    grade: Grade = "bad" if lacking else "note" if swapping else "ok"
    return Diagnosis(
        code="caps",
        name="Caps",
        found=f"{', '.join(lacking)}: the engine cannot hold a container to it"
        if lacking
        else "cores, processor time and memory are held to"
        + (", swap is not" if swapping else ", and swap"),
        grade=grade,
        effect={
            "ok": "Every contestant is in the same box.",
            "note": "A contestant that reaches its memory cap may swap on, and be slow, where "
            "others end.",
            "bad": "The contestants are not in the same box.",
        }[grade],
        remedy={
            "ok": "",
            "note": "`swapoff --all`, or boot with swapaccount=1.",
            "bad": "`docker info` warns of what its kernel lacks; a rootless engine needs its "
            "controllers delegated.",
        }[grade],
        figures={key: bool(info.get(key)) for key in (*CAPS, "SwapLimit")},
    )


def counters(client: Client) -> Diagnosis:
    """Whether the containers' cgroup files can be read from here."""
    info = client.info
    version, driver = str(info.get("CgroupVersion", "1")), info.get("CgroupDriver")
    readable = _reads_files(client)
    return Diagnosis(
        code="counters",
        name="Counters",
        found=f"cgroup v{version} ({driver}), "
        + ("read from its files" if readable else "not to be read from here: the engine is asked"),
        grade="ok" if readable else "note",
        effect="Processor time and memory are the kernel's own, four times a second."
        if readable
        else "Readings lie further apart: processor time a request is less sharp in short windows.",
        remedy="" if readable else "Run the lab on the Linux machine that runs the engine.",
        figures={"cgroup_version": version, "driver": driver, "readable": readable},
    )


def _reads_files(client: Client) -> bool:
    """By a container that runs; where none does, by this process's own counters."""
    try:
        with asking():
            running = client.api.containers()
            state = client.api.inspect_container(running[0]["Id"]) if running else None
        if state is not None:
            cgroup.locate(state["Id"], state["State"]["Pid"])
        elif is_elsewhere(client.info):
            return False
        else:
            cgroup.of_process(os.getpid())
    except LabError:
        return False
    return True


def neighbours(info: Mapping[str, Any]) -> Diagnosis:
    """Other containers that run on the engine."""
    running = int(info.get("ContainersRunning") or 0)
    return Diagnosis(
        code="containers",
        name="Other containers",
        found=f"{running} running" if running else "none is running",
        grade="note" if running else "ok",
        effect="They may use the lab's cores at any moment, the contestant's among them."
        if running
        else "The lab's are the only ones.",
        remedy="`docker ps` names them; `make down` removes what `make up-<service>` started."
        if running
        else "",
        figures={"running": running},
    )
