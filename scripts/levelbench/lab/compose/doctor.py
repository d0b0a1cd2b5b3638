"""Diagnoses of the Docker engine: programs, host, caps, counters, other containers."""

import os
import platform
from collections.abc import Mapping
from typing import Any

import psutil

from levelbench import command
from levelbench.errors import LabError
from levelbench.lab.compose import client as docker_client
from levelbench.lab.compose import projects
from levelbench.lab.compose.client import Client, asking
from levelbench.lab.compose.site import compose_version
from levelbench.lab.doctor.diagnosis import Diagnosis, Grade
from levelbench.lab.meters import cgroup
from levelbench.lab.site import EngineError
from levelbench.model.topology import Topology, parse_cpu_list

CAPS = {"CPUSet": "cores", "CpuCfsQuota": "CPU time", "MemoryLimit": "memory"}
"""Field of `docker info` -> the limit that the engine can enforce."""


def checks(client: Client, topology: Topology | None) -> list[Diagnosis]:
    """All diagnoses of the engine, in the order of the table."""
    return [
        programs(client.info),
        host(client.info, topology),
        caps(
            client.info, None if is_elsewhere(client.info) else psutil.swap_memory().total / 2**20
        ),
        counters(client),
        neighbours(client.info),
        *networks(client),
    ]


def programs(info: Mapping[str, Any]) -> Diagnosis:
    """Diagnose engine, storage driver and required plugins."""
    driver = str(info.get("Driver"))
    versions, lacking = {"engine": str(info.get("ServerVersion"))}, []
    for plugin, ask in {"compose": compose_version, "buildx": _buildx_version}.items():
        try:
            versions[plugin] = ask()
        except command.CommandError:
            lacking.append(f"docker {plugin}")
    rootless = any("rootless" in option for option in info.get("SecurityOptions") or ())
    grade: Grade = "ok"
    effect, remedy = "All programs that the lab needs are installed.", ""
    if driver == "vfs":
        grade = "note"
        effect = "This storage driver copies the whole image for each container: cold starts "
        effect += "depend on the disk, and trials take longer."
        remedy = "Configure the storage driver overlay2; `docker info` shows the current one."
    if lacking:
        grade, effect = "bad", "The lab cannot start containers."
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


def networks(client: Client) -> list[Diagnosis]:
    """Diagnose that no network can be made; nothing where one can."""
    try:
        projects.require_network(client)
    except EngineError as error:
        return [
            Diagnosis(
                code="networks",
                name="Networks",
                found=error.cause,
                grade="bad",
                effect="Nothing can be measured.",
                remedy=error.remedy,
                required=True,
            )
        ]
    return []


def _buildx_version() -> str:
    # `github.com/docker/buildx v0.13.1 788433953af10f2a698f5c07611dddce2e08c7a0`
    words = docker_client.run(["buildx", "version"], timeout_s=10).split()
    return words[1].removeprefix("v") if len(words) > 1 else "(version unknown)"


def is_elsewhere(info: Mapping[str, Any]) -> bool:
    """Whether containers run on another kernel than this process."""
    return bool(info.get("KernelVersion") != platform.release())


def host(info: Mapping[str, Any], topology: Topology | None) -> Diagnosis:
    """Diagnose whether containers run on the machine that this process examines."""
    elsewhere, engine_cpus = is_elsewhere(info), info.get("NCPU")
    needed = max(parse_cpu_list(topology.everything)) + 1 if topology else 0
    short = engine_cpus is not None and engine_cpus < needed
    grade: Grade = "bad" if short else "note" if elsewhere else "ok"
    place = "a virtual machine or another host: its kernel differs from this one"
    return Diagnosis(
        code="engine-host",
        name="Engine's host",
        found=(place if elsewhere else "this machine")
        + (f"; it has {engine_cpus} of the {needed} CPUs that the lab needs" if short else ""),
        grade=grade,
        effect={
            "ok": "The doctor examines the machine that runs the containers.",
            "note": "The doctor examines cores, clock and load of this host, not of the engine's.",
            "bad": "Containers do not start, because their cores do not exist there.",
        }[grade],
        remedy=""
        if grade == "ok"
        else "Run the lab on the Linux machine that runs the engine."
        + (" Or assign all cores to its virtual machine." if short else ""),
        figures={"elsewhere": elsewhere, "engine_cpus": engine_cpus},
    )


def caps(info: Mapping[str, Any], swap_mib: float | None) -> Diagnosis:
    """Diagnose whether the engine can enforce the containers' caps, as verification asks for.

    `swap_mib`: the machine's; None where it is unknown. Without swap it needs no limit.
    """
    lacking = [what for key, what in CAPS.items() if not info.get(key)]
    swapping = not info.get("SwapLimit") and swap_mib != 0
    if swapping and swap_mib:
        lacking.append("swap")
    grade: Grade = "bad" if lacking else "note" if swapping else "ok"
    return Diagnosis(
        code="caps",
        name="Caps",
        found=f"limits not enforced: {', '.join(lacking)}"
        if lacking
        else "limits enforced: cores, CPU time, memory"
        + (", swap" * bool(info.get("SwapLimit")) or "; no swap here to limit" * (swap_mib == 0)),
        grade=grade,
        effect={
            "ok": "Every contestant has the same limits.",
            "note": "A contestant that reaches its memory cap may swap and become slow instead of "
            "being killed.",
            "bad": "Contestants can exceed their limits, so they are not comparable: verification "
            "leaves them out.",
        }[grade],
        remedy={
            "ok": "",
            "note": "`swapoff --all`, or boot with swapaccount=1.",
            "bad": "Run `sudo swapoff --all`, or boot with swapaccount=1."
            if lacking == ["swap"]
            else "`docker info` shows warnings about missing kernel features. A rootless engine "
            "needs delegated cgroup controllers.",
        }[grade],
        figures={key: bool(info.get(key)) for key in (*CAPS, "SwapLimit")},
    )


def counters(client: Client) -> Diagnosis:
    """Diagnose whether the containers' cgroup files are readable on this host."""
    info = client.info
    version, driver = str(info.get("CgroupVersion", "1")), info.get("CgroupDriver")
    readable = _reads_files(client)
    return Diagnosis(
        code="counters",
        name="Counters",
        found=f"cgroup v{version} ({driver}), "
        + (
            "files readable"
            if readable
            else "files not readable on this host; using the engine's API"
        ),
        grade="ok" if readable else "note",
        effect="CPU time and memory are read from the kernel four times per second."
        if readable
        else "Samples are less frequent: CPU time per request is less precise in short windows.",
        remedy="" if readable else "Run the lab on the Linux machine that runs the engine.",
        figures={"cgroup_version": version, "driver": driver, "readable": readable},
    )


def _reads_files(client: Client) -> bool:
    """Test with a running container or, if there is none, with this process."""
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
    """Diagnose other containers on the engine."""
    running = int(info.get("ContainersRunning") or 0)
    return Diagnosis(
        code="containers",
        name="Other containers",
        found=f"{running} running" if running else "none",
        grade="note" if running else "ok",
        effect="They may use the lab's cores at any time, including the contestant's."
        if running
        else "Only the lab's containers run.",
        remedy="List them with `docker ps`; `make down` removes those of `make up-<service>`."
        if running
        else "",
        figures={"running": running},
    )
