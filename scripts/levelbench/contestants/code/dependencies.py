"""Dependencies of a contestant, from requirements.in and requirements.lock."""

import re
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

DIRECT, LOCKED = "requirements.in", "requirements.lock"

IN_IMAGE = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "sys_platform": "linux",
}
"""Environment for markers: requirements.lock may list packages for other systems."""


def direct(folder: Path) -> set[str]:
    """Packages listed in requirements.in."""
    return {canonicalize_name(found.name) for found in requirements(folder / DIRECT)}


def installed(folder: Path) -> set[str]:
    """Packages installed in the image: direct and indirect dependencies."""
    return {canonicalize_name(found.name) for found in requirements(folder / LOCKED)}


def requirements(path: Path) -> Iterator[Requirement]:
    """Parse a requirements file, without options, hashes and comments."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        text = re.sub(r"(^|\s)#.*|\\$", "", line).strip()
        if not text or text.startswith("-"):
            continue
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue  # `make lock` and the image build report it
        if requirement.marker is None or requirement.marker.evaluate(IN_IMAGE):
            yield requirement
