"""Discovery of the contestants: each folder under services/ with a service.toml is one."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from levelbench import toml
from levelbench.config import ROOT
from levelbench.errors import LabError
from levelbench.included import LINK, Included
from levelbench.rules import RULES
from levelbench.toml import FileModel
from levelbench.words import ENDPOINTS, Endpoint, Role

SERVICES = ROOT / "services"
SPEC_FILE = "service.toml"
LOCK_FILE = "requirements.lock"
NOT_IN_IMAGE = {SPEC_FILE, "requirements.in", "README.md"}
"""Files of a contestant that do not go into its image."""

Text = Annotated[str, Field(min_length=1)]


class Choice(FileModel):
    """A choice that is not the default of the framework, server or library."""

    what: Text
    why: Text
    source: Text
    """A link to the documentation, or `lab-equalised: <rule>` with one of rules.RULES."""

    @field_validator("source")
    @classmethod
    def _leads_to_its_reason(cls, source: str) -> str:
        kind, _, rule = source.partition(": ")
        if kind == "lab-equalised" and rule in RULES:
            return source
        if re.fullmatch(LINK, source):
            return source
        rules = ", ".join(f'"{known}"' for known in RULES)
        raise ValueError(
            f"{source!r} is neither a link, https://..., nor `lab-equalised: <rule>` "
            f"with one of the rules {rules}"
        )


class Spec(FileModel):
    """service.toml: only what differs between contestants."""

    display_name: Text
    role: Role
    interface: Literal["ASGI", "WSGI"]
    server: Text
    workers: Annotated[int, Field(gt=0)]
    """Server processes."""
    threads: Annotated[int, Field(ge=0)]
    """Threads of each process that serve requests; 0: an event loop."""
    orm: Text
    driver: Text
    driver_implementation: Literal["C", "Python"]
    prepared_statements: bool
    """Whether the statements of the endpoints run as prepared ones."""
    serializer: Text
    """What turns answers into JSON."""
    transaction_statements: dict[Endpoint, Annotated[int, Field(ge=0)]]
    """BEGIN, COMMIT and ROLLBACK for each request, by endpoint."""
    packages: tuple[Text, ...]
    """Whose locked versions the report shows; the framework's own first."""
    extra_tables: tuple[str, ...] = ()
    """Tables beyond the contract's that the framework adds."""
    choices: tuple[Choice, ...] = ()
    included: tuple[Included, ...] = ()
    """What comes for free, from the framework or from a package beside it."""

    @field_validator("included")
    @classmethod
    def _each_thing_once(cls, included: tuple[Included, ...]) -> tuple[Included, ...]:
        names = [entry.what for entry in included]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"{twice[0]} is declared twice")
        return included

    @model_validator(mode="after")
    def _every_endpoint_has_its_transactions(self) -> "Spec":
        if set(self.transaction_statements) != set(ENDPOINTS):
            raise ValueError(f"transaction_statements must name {', '.join(ENDPOINTS)}")
        return self


@dataclass(frozen=True)
class Service:
    """A contestant: its folder, and what its service.toml says."""

    name: str
    """The folder's name, never restated."""
    folder: Path
    spec: Spec

    def versions(self) -> dict[str, str]:
        """Package -> version from requirements.lock, for the packages named in service.toml.

        Raises LabError for a package named there that the lock does not hold.
        """
        locked = self.locked()
        named = {
            "packages": self.spec.packages,
            "included: by": tuple(entry.by for entry in self.spec.included),
        }
        for field, packages in named.items():
            if missing := [package for package in packages if package not in locked]:
                raise LabError(
                    f"{self.folder / SPEC_FILE}: {field}: {', '.join(missing)} not in {LOCK_FILE}",
                    "Name packages as the lock file does.",
                )
        return {package: locked[package] for package in self.spec.packages}

    def locked(self) -> dict[str, str]:
        """Package -> version of all that requirements.lock holds. Raises LabError without one."""
        return dict(_locked_versions(self.folder / LOCK_FILE))

    def fingerprint(self, base: str) -> str:
        """Identity of the image that this folder gives on the base image `base` (an image id)."""
        digest = hashlib.sha256(base.encode())
        for path in sorted(self._image_files()):
            digest.update(
                f"{path.relative_to(self.folder)}\0{path.stat().st_mode & 0o111}\0".encode()
            )
            digest.update(path.read_bytes())
        return digest.hexdigest()[:12]

    def _image_files(self) -> Iterator[Path]:
        for path in self.folder.rglob("*"):
            parts = path.relative_to(self.folder).parts
            if "__pycache__" in parts or any(part.endswith("_cache") for part in parts):
                continue
            if path.is_file() and str(path.relative_to(self.folder)) not in NOT_IN_IMAGE:
                yield path


def _locked_versions(lock: Path) -> Iterator[tuple[str, str]]:
    try:
        lines = lock.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise LabError(f"{lock} is missing", "Lock the contestant's requirements.") from None
    for line in lines:
        if match := re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", line):
            yield match[1].lower(), match[2]


def discover(folder: Path = SERVICES) -> dict[str, Service]:
    """Every contestant by name, in alphabetical order.

    Raises LabError for a malformed service.toml: no contestant is passed over in silence.
    """
    found = {
        path.parent.name: Service(path.parent.name, path.parent, toml.read(path, Spec))
        for path in sorted(folder.glob(f"*/{SPEC_FILE}"))
    }
    if not found:
        raise LabError(f"no contestant under {folder}", f"Each needs a {SPEC_FILE}.")
    return found


def select(
    names: str, services: dict[str, Service], *, references: bool = False
) -> dict[str, Service]:
    """The services that `names`, a comma-separated list, picks; when it is empty all
    contestants, and with `references` those as well.

    Raises LabError for a name that no folder has.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if not wanted:
        roles = {"contestant", "reference"} if references else {"contestant"}
        return {name: s for name, s in services.items() if s.spec.role in roles}
    unknown = [name for name in wanted if name not in services]
    if unknown:
        raise LabError(
            f"there is no service {unknown[0]!r}", f"Choose from: {', '.join(services)}."
        )
    return {name: services[name] for name in services if name in wanted}
