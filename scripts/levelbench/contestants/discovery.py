"""Discovery of the contestants: each folder under services/ with a service.toml is one."""

import hashlib
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from levelbench.errors import LabError
from levelbench.model import toml
from levelbench.model.config import ROOT
from levelbench.model.exhibit import Exhibit
from levelbench.model.included import LINK, Included
from levelbench.model.rules import RULES
from levelbench.model.toml import FileModel, Text
from levelbench.model.vocabulary import ENDPOINTS, Endpoint, Role

SERVICES = ROOT / "services"
SPEC_FILE = "service.toml"
LOCK_FILE = "requirements.lock"
NOT_IN_IMAGE = {SPEC_FILE, "requirements.in", "README.md"}
"""Files of a contestant that do not go into its image."""


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
    exhibit: Exhibit | None = None
    """What it is a rebuilding of; None for all that is no exhibit."""

    @property
    def serves(self) -> tuple[Endpoint, ...]:
        """The endpoints that it has."""
        return ("list",) if self.exhibit else ENDPOINTS

    @model_validator(mode="after")
    def _exhibits_say_what_they_show(self) -> "Spec":
        if (self.role == "exhibit") != (self.exhibit is not None):
            raise ValueError('a service whose role is "exhibit", and no other, has [exhibit]')
        return self

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
    """For an exhibit: what it has of its own, laid over the folder of the contestant it extends."""
    spec: Spec
    base: "Service | None" = None
    """The contestant that an exhibit extends."""

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
        return dict(_locked_versions(self.files().get(LOCK_FILE, self.folder / LOCK_FILE)))

    def fingerprint(self, base: str) -> str:
        """Identity of the image that this folder gives on the base image `base` (an image id)."""
        digest = hashlib.sha256(base.encode())
        for path, file in self._image_files():
            digest.update(f"{path}\0{file.stat().st_mode & 0o111}\0".encode())
            digest.update(file.read_bytes())
        return digest.hexdigest()[:12]

    def lay_out(self, folder: Path) -> None:
        """Put the files that its image is built from into `folder`, which is made."""
        folder.mkdir(mode=0o755)
        for path, file in self._image_files():
            (folder / path).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            shutil.copy2(file, folder / path)

    def files(self) -> dict[str, Path]:
        """Every file of its source but caches, by its path in the folder; of an exhibit those of
        the contestant that it extends as well, unless it has one of that path itself."""
        inherited = self.base.files() if self.base else {}
        return {**inherited, **source_files(self.folder)}

    def spec_files(self) -> tuple[Path, ...]:
        """The files that its spec was read from."""
        inherited = self.base.spec_files() if self.base else ()
        return (*inherited, self.folder / SPEC_FILE)

    def declared(self) -> dict[str, Any]:
        """What these say, key by key: an exhibit's own key in place of its contestant's."""
        return {key: value for file in self.spec_files() for key, value in toml.load(file).items()}

    def _image_files(self) -> list[tuple[str, Path]]:
        kept = ((path, file) for path, file in self.files().items() if path not in NOT_IN_IMAGE)
        return sorted(kept, key=lambda found: Path(found[0]))


def source_files(folder: Path) -> dict[str, Path]:
    """Every file of a folder but caches, by its path in it."""
    files = {}
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        cached = any(part == "__pycache__" or part.endswith("_cache") for part in parts)
        if path.is_file() and not cached:
            files["/".join(parts)] = path
    return files


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
    said = {path: toml.load(path) for path in sorted(folder.glob(f"*/{SPEC_FILE}"))}
    if not said:
        raise LabError(f"no contestant under {folder}", f"Each needs a {SPEC_FILE}.")
    contestants = {
        path.parent.name: Service(path.parent.name, path.parent, toml.parse(content, Spec, path))
        for path, content in said.items()
        if "exhibit" not in content
    }
    shown = {
        path.parent.name: _exhibit(path, content, contestants)
        for path, content in said.items()
        if "exhibit" in content
    }
    return dict(sorted({**contestants, **shown}.items()))


def _exhibit(path: Path, content: Mapping[str, Any], contestants: Mapping[str, Service]) -> Service:
    """An exhibit is what the contestant is that it extends, but for what it says itself."""
    own = toml.parse({"exhibit": content["exhibit"]}, _Extension, path)
    base = contestants.get(own.exhibit.extends)
    if base is None:
        raise LabError(
            f"{path}: exhibit.extends: there is no contestant {own.exhibit.extends!r}",
            f"Choose from: {', '.join(contestants)}.",
        )
    spec = toml.parse({**base.declared(), **content}, Spec, path)
    return Service(path.parent.name, path.parent, spec, base)


class _Extension(FileModel):
    """The one table of an exhibit's service.toml that has to be known before the rest."""

    exhibit: Exhibit


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


def with_bases(chosen: Mapping[str, Service]) -> dict[str, Service]:
    """The services, and beside each exhibit the contestant that it extends: what an exhibit
    leaves out is seen against that, whose database it is measured on."""
    bases = {service.base.name: service.base for service in chosen.values() if service.base}
    return dict(sorted({**chosen, **bases}.items()))


def exhibits(known: Mapping[str, Service]) -> list[str]:
    """The names of all exhibits."""
    return [name for name, service in known.items() if service.spec.exhibit]
