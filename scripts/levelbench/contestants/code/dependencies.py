"""What a contestant depends on, from its requirements.in and requirements.lock."""

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
"""What markers are held against: a lock may hold packages for other systems too."""


def direct(folder: Path) -> set[str]:
    """Packages that the contestant asks for by name."""
    return set(_packages(folder / DIRECT))


def installed(folder: Path) -> set[str]:
    """Packages that are installed in its image, direct ones and theirs."""
    return set(_packages(folder / LOCKED))


def _packages(path: Path) -> Iterator[str]:
    """The packages of a requirements file; options, hashes and comments are none."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        text = re.sub(r"(^|\s)#.*|\\$", "", line).strip()
        if not text or text.startswith("-"):
            continue
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue  # `make lock` and the image's build refuse it
        if requirement.marker is None or requirement.marker.evaluate(IN_IMAGE):
            yield canonicalize_name(requirement.name)
