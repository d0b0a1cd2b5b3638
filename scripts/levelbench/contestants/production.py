"""Containers, processes and programs of a contestant, from its folder and the Compose file."""

from pathlib import Path

import yaml

from levelbench.contestants.service import Service
from levelbench.model.production import Command, Production

COMMANDS: tuple[Command, ...] = ("serve", "worker", "migrate")
"""Scripts in bin/ of every contestant."""

LAB_ONLY = ("k6", "turns")
"""Containers of the Compose file that only the lab needs."""


def of(service: Service, compose_file: Path) -> Production:
    """Read service.toml, bin/, requirements.lock and the Compose file."""
    locked = service.locked()
    files = service.files()
    scripts = {name: files[path] for name in COMMANDS if (path := f"bin/{name}") in files}
    commands = {name: command(path) for name, path in scripts.items()}
    programs = {name: text.split()[0] for name, text in commands.items()}
    framework = service.spec.packages[0]
    if programs.get("serve", framework) not in locked:  # the application is the server
        programs["serve"] = framework
    own, others = containers(compose_file)
    return Production(
        server=service.spec.server,
        processes=service.spec.processes,
        threads=service.spec.threads,
        commands=commands,
        versions={name: locked[found] for name, found in programs.items() if found in locked},
        own_containers=own,
        servers=others,
    )


def command(script: Path) -> str:
    """Last command of a script in bin/, on one line, without `exec`."""
    text = script.read_text(encoding="utf-8").replace("\\\n", " ")
    last = [line for line in text.splitlines() if line.strip() and not line.startswith("#")][-1]
    return " ".join(last.split()).removeprefix("exec ")


def containers(compose_file: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(containers of the contestant's image, other containers) of a Compose file."""
    services = yaml.safe_load(compose_file.read_text(encoding="utf-8"))["services"]
    image = services["service"]["image"]
    own = tuple(name for name, service in services.items() if service["image"] == image)
    others = (name for name in services if name not in own and name not in LAB_ONLY)
    return own, tuple(others)
