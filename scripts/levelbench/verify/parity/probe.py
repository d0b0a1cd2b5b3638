"""Probe: print the processes of a contestant's container as JSON. It runs in the container, without
the rest of the package: only the standard library is there.

Arguments: processes whose memory is searched for the paths of the Python modules that they have
imported, as a profiler does. Where the kernel refuses that, `modules` is null.
"""

import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import entry_points
from pathlib import Path
from typing import TypedDict

PROC = Path("/proc")
PORT = 8000
ESTABLISHED = "01"
LARGEST_BYTES = 2 << 30
"""Larger parts of memory are reserved and not used."""
CHUNK_BYTES = 4 << 20
"""Read at a time: the memory of the container is limited."""
PATH_BYTES = 1 << 10
"""No path is longer; chunks overlap by it."""
NATIVE = re.compile(r"-packages/(\S+\.so)[\w.-]*$")
MODULE = re.compile(rb"-packages/([\w./-]+\.py)\0")
VERSION = (
    "import sys, sysconfig; print('%d.%d' % sys.version_info[:2]"
    " + 't' * bool(sysconfig.get_config_var('Py_GIL_DISABLED')))"
)


class ProcessFields(TypedDict):
    """One process."""

    pid: int
    parent: int
    argv: list[str]
    python: str | None
    """Version of its interpreter; null for another program."""
    clients: int
    """Open client connections."""
    switches: dict[str, int]
    """Thread -> number of its context switches."""
    names: dict[str, str]
    """Thread -> name."""
    native: list[str]
    """Native modules that are mapped, relative to site-packages."""
    modules: list[str] | None
    """Python modules that are imported, relative to site-packages."""


class Probed(TypedDict):
    """All processes, and program -> distribution of the installed programs."""

    processes: list[ProcessFields]
    programs: dict[str, str]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def field(status: str, name: str) -> str:
    return status.partition(f"\n{name}:")[2].partition("\n")[0].strip()


def connections() -> set[str]:
    """Inodes of the sockets of open client connections."""
    found = set()
    for table in ("tcp", "tcp6"):
        for line in read(PROC / "net" / table).splitlines()[1:]:
            local, state, inode = (line.split()[place] for place in (1, 3, 9))
            if state == ESTABLISHED and int(local.rpartition(":")[2], 16) == PORT:
                found.add(f"socket:[{inode}]")
    return found


def links(folder: Path) -> set[str]:
    found = set()
    for link in folder.iterdir():
        with suppress(FileNotFoundError):
            found.add(str(link.readlink()))
    return found


def imported(memory_file: Path, maps: str) -> list[str] | None:
    """Modules whose path is in the writable memory of a process."""
    found: set[bytes] = set()
    try:
        with memory_file.open("rb", buffering=0) as memory:
            for line in maps.splitlines():
                span, rights, _, _, inode = line.split()[:5]
                start, end = (int(bound, 16) for bound in span.split("-"))
                if not rights.startswith("rw") or inode != "0" or end - start > LARGEST_BYTES:
                    continue
                with suppress(OSError):  # a part that cannot be read, such as a device's
                    for place in range(start, end, CHUNK_BYTES - PATH_BYTES):
                        memory.seek(place)
                        found.update(MODULE.findall(memory.read(min(CHUNK_BYTES, end - place))))
    except OSError:
        return None
    return sorted(path.decode() for path in found) or None


def interpreter(program: Path) -> str | None:
    if "python" not in program.name:
        return None
    ran = subprocess.run([program, "-I", "-S", "-c", VERSION], capture_output=True, text=True)
    return ran.stdout.strip() or None


def process(pid: int, clients: set[str], *, searched: bool) -> ProcessFields:
    folder = PROC / str(pid)
    maps = read(folder / "maps")
    threads = {task.name: read(task / "status") for task in (folder / "task").iterdir()}
    return {
        "pid": pid,
        "parent": int(field(read(folder / "status"), "PPid")),
        "argv": read(folder / "cmdline").rstrip("\0").split("\0"),
        "python": interpreter((folder / "exe").readlink()) if searched else None,
        "clients": len(clients & links(folder / "fd")),
        "switches": {
            task: int(field(status, "voluntary_ctxt_switches"))
            + int(field(status, "nonvoluntary_ctxt_switches"))
            for task, status in threads.items()
        },
        "names": {
            task: status.partition("\n")[0].partition("\t")[2] for task, status in threads.items()
        },
        "native": sorted({m[1] for line in maps.splitlines() if (m := NATIVE.search(line))}),
        "modules": imported(folder / "mem", maps) if searched else None,
    }


def main() -> None:
    asked = sys.argv[1:]
    clients = connections()
    found = []
    for pid in sorted(int(path.name) for path in PROC.iterdir() if path.name.isdigit()):
        try:
            if pid != os.getpid() and read(PROC / str(pid) / "cmdline"):  # else a zombie
                found.append(process(pid, clients, searched=str(pid) in asked))
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
    programs = {
        program.name: program.dist.name
        for program in (entry_points(group="console_scripts") if asked else ())
        if program.dist
    }
    json.dump({"processes": found, "programs": programs}, sys.stdout)


main()
