"""References of container images, and the versions of Python among them."""

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from levelbench.errors import LabError
from levelbench.model.toml import FileModel

DEFAULT_PYTHON = "3.14"
"""Version of Python of the lab's own container, and of most contestants."""
FREE_THREADED = "t"
"""Ending of a version without the global interpreter lock, of which the lab builds the image."""

PythonVersion = Annotated[str, Field(pattern=r"^3\.\d+t?$")]

IMAGE_NAME = re.compile(r"([\w.-]+(:\d+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*")
"""With a registry, which may have a port (distribution: reference/reference.go)."""


def _with_tag(reference: str) -> str:
    if not tag_of(reference):
        raise ValueError(f"{reference!r} has no tag: write <name>:<version>")
    name = reference.partition("@")[0].removesuffix(f":{tag_of(reference)}")
    if not IMAGE_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of an image: write it in lowercase")
    return reference


Reference = Annotated[str, AfterValidator(_with_tag)]


class Images(FileModel):
    """References of the official images, with exact tags; the stand-ins carry the same versions."""

    python: dict[PythonVersion, Reference]
    """By the version that a contestant names."""
    postgres: Reference
    redis: Reference
    k6: Reference

    @field_validator("python")
    @classmethod
    def _has_the_default(cls, python: dict[str, str]) -> dict[str, str]:
        if DEFAULT_PYTHON not in python:
            raise ValueError(f"{DEFAULT_PYTHON} is missing, the version of most contestants")
        return python

    def references(self, pythons: Iterable[str] = ()) -> dict[str, str]:
        """Role -> reference: of the servers, the load generator and the default Python, and of
        other versions of Python that have an official image.

        Raises LabError for a version that has none and is not built by the lab.
        """
        found = {
            python_role(DEFAULT_PYTHON): self.python[DEFAULT_PYTHON],
            "postgres": self.postgres,
            "redis": self.redis,
            "k6": self.k6,
        }
        for version in pythons:
            if version in self.python:
                found[python_role(version)] = self.python[version]
            elif version.removesuffix(FREE_THREADED) not in self.python:
                raise LabError(
                    f"there is no image of Python {version}",
                    f"Add it to [images.python] in levelbench.toml, or choose `python` in "
                    f"service.toml from: {', '.join(self.python)}.",
                )
        return found

    @property
    def k6_version(self) -> str:
        """The one version of k6: the stand-in is built from it, the contract suite names it."""
        return version_of(self.k6)


def python_role(version: str) -> str:
    """Role of the image of a version of Python."""
    return "python" if version == DEFAULT_PYTHON else f"python-{version}"


def name_of(reference: str) -> str:
    """An image's name without registry, folder, tag and digest."""
    return reference.partition("@")[0].rpartition("/")[2].partition(":")[0]


def tag_of(reference: str) -> str:
    """An image's tag, which may stand before a digest; empty without one."""
    return reference.partition("@")[0].rpartition("/")[2].partition(":")[2]


def version_of(reference: str) -> str:
    """The version that an image's tag begins with: `17.11` of `postgres:17.11-trixie`."""
    return tag_of(reference).partition("-")[0]
