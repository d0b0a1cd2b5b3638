"""A container's counters in its cgroup's files, of version 1 and of version 2.

Sources: the kernel's Documentation/admin-guide/cgroup-v1/ and cgroup-v2.rst; cgroups(7).
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import ClassVar

from levelbench.errors import LabError
from levelbench.lab.meters.sampler import GONE, MIB, Sample
from levelbench.model.vocabulary import Origin


class NotReadableError(LabError):
    """This host does not have the files of a container's cgroup."""


ROOT = Path("/sys/fs/cgroup")
PROC = Path("/proc")


@dataclass(frozen=True)
class CgroupV1:
    """A folder for each controller."""

    origin: ClassVar[Origin] = "cgroup"
    cpu: Path
    cpuacct: Path
    memory: Path
    process: Path
    """/proc/<pid> of the container's first process."""
    perf_event: Path | None
    """For perf_event_open(2), which counts events of a cgroup; None where it is not known."""

    def read(self) -> Sample:
        """Raises one of GONE when the container is gone."""
        now = time.time()
        periods = _keyed(self.cpu / "cpu.stat")
        throttled_ns = periods.get("throttled_time")
        return Sample(
            time_s=now,
            cpu_ms=int((self.cpuacct / "cpuacct.usage").read_text()) / 1e6,
            periods=periods.get("nr_periods"),
            throttled_periods=periods.get("nr_throttled"),
            memory_mib=_keyed(self.memory / "memory.stat")["total_rss"] / MIB,
            throttled_ms=None if throttled_ns is None else throttled_ns / 1e6,
            oom_kills=_oom_kills(self.memory / "memory.oom_control"),
            network_bytes=_network_bytes(self.process),
        )


@dataclass(frozen=True)
class CgroupV2:
    """One folder for all controllers."""

    origin: ClassVar[Origin] = "cgroup"
    folder: Path
    process: Path
    """/proc/<pid> of the container's first process."""

    @property
    def perf_event(self) -> Path:
        """For perf_event_open(2), which counts events of a cgroup."""
        return self.folder

    def read(self) -> Sample:
        """Raises one of GONE when the container is gone."""
        now = time.time()
        cpu = _keyed(self.folder / "cpu.stat")
        throttled_us = cpu.get("throttled_usec")
        return Sample(
            time_s=now,
            cpu_ms=cpu["usage_usec"] / 1e3,
            periods=cpu.get("nr_periods"),  # not there unless the controller is enabled
            throttled_periods=cpu.get("nr_throttled"),
            memory_mib=_keyed(self.folder / "memory.stat")["anon"] / MIB,
            throttled_ms=None if throttled_us is None else throttled_us / 1e3,
            oom_kills=_oom_kills(self.folder / "memory.events"),
            network_bytes=_network_bytes(self.process),
        )


def _oom_kills(path: Path) -> int | None:
    """Not there before Linux 4.13."""
    try:
        return _keyed(path).get("oom_kill")
    except FileNotFoundError:
        return None


def _network_bytes(process: Path) -> int | None:
    """Bytes received and sent in a process's network namespace, without loopback: proc_net(5).

    None where the file is not readable, as once the process has ended.
    """
    try:
        _, _, *lines = (process / "net" / "dev").read_text().splitlines()
    except OSError:
        return None
    interfaces = dict(line.split(":", 1) for line in lines)
    counters = [v.split() for name, v in interfaces.items() if name.strip() != "lo"]
    return sum(int(fields[0]) + int(fields[8]) for fields in counters)


def _keyed(path: Path) -> dict[str, int]:
    """A file of `key value` lines."""
    pairs = (line.split() for line in path.read_text().splitlines())
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2}


def locate(container: str, pid: int, root: Path = ROOT, proc: Path = PROC) -> CgroupV1 | CgroupV2:
    """The cgroup of a container, by its id and by its first process as the engine numbers it.

    Raises NotReadableError where the counters cannot be read from here.
    """
    return _open(pid, container, root, proc)


def of_process(pid: int, root: Path = ROOT, proc: Path = PROC) -> CgroupV1 | CgroupV2:
    """The cgroup that a process of this machine is in. Raises as `locate` does."""
    return _open(pid, "", root, proc)


def quota_cpus(pid: int | str, root: Path = ROOT, proc: Path = PROC) -> float | None:
    """The smallest CPU quota of a process's cgroup and of those around it, in CPUs; None without
    one. It limits all containers of an engine that runs within the same limit.
    """
    try:
        paths = _paths(pid, proc)
    except NotReadableError:
        paths = {}
    version1 = "cpu" in paths
    hierarchy = root / "cpu" if version1 else root
    own = PurePosixPath(paths.get("cpu" if version1 else "", "/").lstrip("/"))
    # Without a namespace of its own, a container sees its host's path in its own hierarchy.
    folders = {hierarchy, *(hierarchy / parent for parent in (own, *own.parents))}
    quotas = [_quota(folder) for folder in folders]
    return min((quota for quota in quotas if quota is not None), default=None)


def _quota(folder: Path) -> float | None:
    """The quota that a cgroup itself has, in CPUs."""
    try:
        if (version2 := folder / "cpu.max").exists():
            limit, period = version2.read_text().split()
        else:
            limit = (folder / "cpu.cfs_quota_us").read_text()
            period = (folder / "cpu.cfs_period_us").read_text()
        return None if limit == "max" or int(limit) < 0 else int(limit) / int(period)
    except (OSError, ValueError):
        return None


def _open(pid: int, container: str, root: Path, proc: Path) -> CgroupV1 | CgroupV2:
    paths = _paths(pid, proc)

    def folder(controller: str) -> Path:
        return root / controller / _cut(paths[controller], container)

    try:
        # Where controllers share a mount, each still has a link of its own name. A machine that
        # has version 2 beside them (hybrid) leaves these to version 1.
        found: CgroupV1 | CgroupV2 = (
            CgroupV1(
                folder("cpu"),
                folder("cpuacct"),
                folder("memory"),
                proc / str(pid),
                _perf_event(paths, root, container),
            )
            if "cpuacct" in paths
            else CgroupV2(folder(""), proc / str(pid))
        )
        found.read()
    except GONE:
        raise NotReadableError(
            "the containers' cgroup counters cannot be read on this host",
            "Run the lab on the Linux machine that runs the engine.",
        ) from None
    return found


def _perf_event(paths: Mapping[str, str], root: Path, container: str) -> Path | None:
    """Of a controller that version 1 may leave to version 2, where a machine has both."""
    controller, mount = ("perf_event",) * 2 if "perf_event" in paths else ("", "unified")
    try:
        return root / mount / _cut(paths[controller], container)
    except LookupError:
        return None


def _paths(pid: int | str, proc: Path) -> Mapping[str, str]:
    """Controller -> the process's cgroup in its hierarchy; version 2 has no name."""
    try:
        lines = (proc / str(pid) / "cgroup").read_text().splitlines()
    except OSError:
        raise NotReadableError(
            "a container's counters cannot be read: its process is not on this host"
        ) from None
    # hierarchy-id:controllers:path
    fields = [line.split(":", 2) for line in lines]
    return {name: path for _, names, path in fields for name in names.split(",")}


def _cut(path: str, container: str) -> PurePosixPath:
    """A cgroup's path down to the folder that the engine made for the container, which has the
    container's id in its name. What an init process in it made below is part of it.

    Raises LookupError for another process's path: where the engine runs on another machine, or in
    a virtual one, its process numbers mean others here. Also for a path that leads out of the
    namespace of this process, where no file shows it (cgroup_namespaces(7)).
    """
    parts = PurePosixPath(path.lstrip("/")).parts
    if ".." in parts:
        raise LookupError(path)
    if not container:
        return PurePosixPath(*parts)
    named = next((i for i, part in enumerate(parts) if container in part), None)
    if named is None:
        raise LookupError(path)
    return PurePosixPath(*parts[: named + 1])
