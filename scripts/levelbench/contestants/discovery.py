"""Discover contestants: each folder under services/ that has a service.toml."""

import hashlib
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from packaging.utils import canonicalize_name
from pydantic import Field, field_validator, model_validator

from levelbench.contestants import extension
from levelbench.contestants.code.dependencies import requirements
from levelbench.contestants.extension import ContestantError
from levelbench.errors import LabError
from levelbench.model import toml
from levelbench.model.choice import Choice
from levelbench.model.config import ROOT, PythonVersion
from levelbench.model.exhibit import Exhibit
from levelbench.model.included import Included
from levelbench.model.toml import FileModel, Text
from levelbench.model.traits import TRAITS, Interface, Protocol, Trait, Traits
from levelbench.model.vocabulary import ENDPOINTS, Endpoint, Role

SERVICES = ROOT / "services"
SPEC_FILE = "service.toml"
LOCK_FILE = "requirements.lock"
NAME = r"[a-z0-9]+((_|__|-+)[a-z0-9]+)*"
"""A folder's name becomes part of image names and Compose projects, which allow no other names."""
NAME_LENGTH_MAX = 40
"""With the lab's prefixes and suffixes it must fit into the 63 bytes of a database's name and of a
host's name."""
TAKEN = re.compile(
    r"postgres|template\d*|levelbench.*|trial_\d+|.*-(base|after)|all|paired|release|as-published"
)
"""Names of databases and services that the lab itself makes, words of a selection, and endings of
the Makefile's own targets."""
SCRIPTS = ("bin/serve", "bin/worker", "bin/migrate")
"""What a contestant's containers run (services/CONTRACT.md)."""
TODO_FILE = "TODO.md"
"""What a copied contestant still needs (contestants/new.py)."""
READY = "/readyz"
"""The path of services/CONTRACT.md that answers 200 once a contestant serves."""
JOURNEY_FILE = "journey.js"
"""Requests of a guest with their weights and checks (docs/your-own-service.md)."""
NOT_IN_IMAGE = {SPEC_FILE, "requirements.in", "README.md", TODO_FILE, JOURNEY_FILE}
"""Files that are not copied into the image."""
GUEST_FILES = ROOT / "compose" / "guest"
"""What a guest inherits where it has no file of its own: an idle worker, a seed without rows."""
_WORDS = ("server", "http_parser", "event_loop", "driver", "data_layer", "serializer")
UNDECLARED: Mapping[str, Any] = {
    **dict.fromkeys(_WORDS, "undeclared"),
    "interface": "own",
    "protocol": "text",
    "processes": 1,
    "threads": 0,
    "packages": (),
    "transaction_statements": dict.fromkeys(ENDPOINTS, 0),
}
"""Keys that a guest need not have: its traits are not compared, its statements not counted."""


class Spec(FileModel):
    """Fields of service.toml: only what differs between contestants."""

    display_name: Text
    role: Role
    core: bool = False
    """Whether it is measured, verified and tested unless others are asked for."""
    extends: Text | None = None
    """Of a variant: the contestant that has the other files and keys."""
    changes: tuple[Trait, ...] = ()
    """Of a variant: the traits in which it differs from that contestant; the first one names its
    factor."""
    interface: Interface
    server: Text
    http_parser: Text
    event_loop: Text
    processes: Annotated[int, Field(gt=0)]
    threads: Annotated[int, Field(ge=0)]
    driver: Text
    protocol: Protocol
    data_layer: Text
    serializer: Text
    api_layer: Text = "none"
    python: PythonVersion
    """Its image is the base of the contestant's (levelbench.toml, [images.python])."""
    transaction_statements: dict[Endpoint, Annotated[int, Field(ge=0)]]
    """Number of BEGIN, COMMIT and ROLLBACK statements per request, by endpoint."""
    packages: tuple[Text, ...]
    """Packages whose locked versions the report shows, the framework first."""
    extra_tables: tuple[str, ...] = ()
    """Additional tables that the framework creates."""
    choices: tuple[Choice, ...] = ()
    included: tuple[Included, ...] = ()
    """Features that the framework or another package provides."""
    exhibit: Exhibit | None = None
    """Declaration of an exhibit; None for other roles."""
    ready: Annotated[str, Field(pattern=r"^/[\w./-]*$")] = READY
    """Of a guest: the path that answers 200 once it serves."""

    @property
    def is_guest(self) -> bool:
        """Whether it is somebody's own service, with a journey of its own."""
        return self.role == "guest"

    @property
    def traits(self) -> Traits:
        """The value of each trait (services/CONTRACT.md); a guest declares none."""
        return {} if self.is_guest else {trait: getattr(self, trait) for trait in TRAITS}

    @property
    def serves(self) -> tuple[Endpoint, ...]:
        """The endpoints that it serves."""
        if self.is_guest:
            return ()
        return ("list",) if self.exhibit else ENDPOINTS

    @model_validator(mode="before")
    @classmethod
    def _a_guest_declares_little(cls, fields: object) -> object:
        if isinstance(fields, dict) and fields.get("role") == "guest":
            return {**UNDECLARED, **fields}
        return fields

    @model_validator(mode="after")
    def _has_exhibit_by_role(self) -> "Spec":
        if (self.role == "exhibit") != (self.exhibit is not None):
            raise ValueError('[exhibit] is required for role "exhibit" and not allowed for others')
        return self

    @model_validator(mode="after")
    def _extends_by_role(self) -> "Spec":
        if (self.role == "variant") != (self.extends is not None and bool(self.changes)):
            raise ValueError(
                'extends and changes are required for role "variant" and not allowed for others'
            )
        return self

    @model_validator(mode="after")
    def _only_a_contestant_is_core(self) -> "Spec":
        if self.core and self.role != "contestant":
            raise ValueError(f'core = true is not allowed for role "{self.role}"')
        return self

    @model_validator(mode="after")
    def _only_a_guest_chooses_its_path(self) -> "Spec":
        if self.ready != READY and not self.is_guest:
            raise ValueError(f'ready is not allowed for role "{self.role}"')
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
    """A folder under services/ and its service.toml."""

    name: str
    """Name of the folder."""
    folder: Path
    """An exhibit or a variant has only its own files here; it inherits those of its base."""
    spec: Spec
    base: "Service | None" = None
    """The contestant that an exhibit or a variant extends."""
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Variables of one value of a sweep (contestants/sweep.py). It has the image of its base."""

    @property
    def image_name(self) -> str:
        """Name of the service that its image is built from."""
        return self.base.name if self.base and self.environment else self.name

    def versions(self) -> dict[str, str]:
        """Package -> version from requirements.lock, for the packages in service.toml.

        Raises LabError for a package that requirements.lock does not contain.
        """
        locked = self.locked()
        named = {
            "packages": self.spec.packages,
            "included: by": tuple(entry.by for entry in self.spec.included),
        }
        for key, packages in named.items():
            if missing := [package for package in packages if package not in locked]:
                raise LabError(
                    f"{self.folder / SPEC_FILE}: {key}: {', '.join(missing)} not in {LOCK_FILE}",
                    "Use the package names of requirements.lock.",
                )
        return {package: locked[package] for package in self.spec.packages}

    def locked(self) -> dict[str, str]:
        """Package -> version of all of requirements.lock. Raises LabError if it is missing.

        A guest may have none.
        """
        lock = self.files().get(LOCK_FILE)
        if lock is None and self.spec.is_guest:
            return {}
        return dict(_locked_versions(lock or self.folder / LOCK_FILE))

    def fingerprint(self, base: str) -> str:
        """Fingerprint of the image built from this folder and the base image with id `base`."""
        digest = hashlib.sha256(base.encode())
        for path, file in self._image_files():
            digest.update(f"{path}\0{_mode(path, file) & 0o111}\0".encode())
            digest.update(file.read_bytes())
        return digest.hexdigest()[:12]

    @property
    def journey(self) -> Path | None:
        """The journey of a guest; None for a service with the contract's."""
        return self.folder / JOURNEY_FILE if self.spec.is_guest else None

    def lay_out(self, folder: Path) -> None:
        """Copy the files of the image into a new folder, the build context.

        Raises ContestantError for a script that no container could run, and for a version of a
        package that differs from its base's.
        """
        self._require_same_versions()
        files = dict(self._image_files())
        for script in SCRIPTS:
            _require_script(self.folder, script, files.get(script))
        copy_files(files, folder)

    def _require_same_versions(self) -> None:
        """A variant differs in what it declares, and in no version of a package."""
        base = self.base.locked() if self.base else {}
        own = self.locked()
        for package in sorted(base.keys() & own.keys()):
            if own[package] != base[package]:
                raise ContestantError(
                    f"{self.folder / LOCK_FILE}: {package} {own[package]} differs from "
                    f"{base[package]} of the contestant that it extends",
                    "Begin requirements.in with `-c` and the base's lock file; run `make lock`.",
                )

    def files(self) -> dict[str, Path]:
        """Files without caches, by path: those that it inherits, and its own files over them."""
        inherited = self.base.files() if self.base else {}
        if self.spec.is_guest:
            inherited = source_files(GUEST_FILES)
        return {**inherited, **source_files(self.folder)}

    def spec_files(self) -> tuple[Path, ...]:
        """The service.toml files that define it: its base's, then its own."""
        inherited = self.base.spec_files() if self.base else ()
        return (*inherited, self.folder / SPEC_FILE)

    def declared(self) -> dict[str, Any]:
        """Content of these files, merged."""
        content = toml.load(self.folder / SPEC_FILE)
        return extension.merged(self.base.declared(), content) if self.base else content

    @property
    def own_choices(self) -> tuple[Choice, ...]:
        """The choices that its base does not have."""
        return self.spec.choices[len(self.base.spec.choices) :] if self.base else self.spec.choices

    def _image_files(self) -> list[tuple[str, Path]]:
        kept = ((path, file) for path, file in self.files().items() if path not in NOT_IN_IMAGE)
        return sorted(kept, key=lambda found: Path(found[0]))


def copy_files(files: Mapping[str, Path], folder: Path) -> None:
    """Copy files, by path, into a new folder, with rights that do not depend on the user's umask or
    on how the checkout was unpacked: containers run as another user."""
    folder.mkdir(mode=0o755)
    for path, file in files.items():
        for parent in reversed(Path(path).parents):
            (folder / parent).mkdir(exist_ok=True)
            (folder / parent).chmod(0o755)
        shutil.copy2(file, folder / path)
        (folder / path).chmod(_mode(path, file))


def _mode(path: str, file: Path) -> int:
    """Rights of a file in an image. Scripts are run, even if an archive has lost that right."""
    executable = path in SCRIPTS or file.stat().st_mode & stat.S_IXUSR
    return 0o755 if executable or file.read_bytes().startswith(b"#!") else 0o644


def _require_script(contestant: Path, script: str, file: Path | None) -> None:
    """Raises ContestantError for a script that is missing, or that no kernel starts."""
    where = contestant / script
    if file is None:
        raise ContestantError(f"{where} is missing", "services/CONTRACT.md says what it does.")
    first = file.read_bytes().partition(b"\n")[0]
    if not first.startswith(b"#!"):
        raise ContestantError(
            f"{where} does not begin with `#!`", "Begin it with the line `#!/bin/sh`."
        )
    if first.endswith(b"\r"):
        raise ContestantError(
            f"{where} has Windows line endings, so that no container can run it",
            f"Run `sed -i 's/\\r$//' {where}`.",
        )


def source_files(folder: Path) -> dict[str, Path]:
    """Files of a folder without caches, by path."""
    files = {}
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        cached = any(part == "__pycache__" or part.endswith("_cache") for part in parts)
        if path.is_file() and not cached:
            files["/".join(parts)] = path
    return files


def _locked_versions(lock: Path) -> Iterator[tuple[str, str]]:
    if not lock.is_file():
        raise LabError(f"{lock} is missing", "Run `make lock`.")
    for found in requirements(lock):
        for pin in found.specifier:
            yield canonicalize_name(found.name), pin.version


def discover(folder: Path = SERVICES) -> dict[str, Service]:
    """Every contestant by name, in alphabetical order.

    Raises LabError for a malformed service.toml or an invalid folder name.
    """
    specs = {path: toml.load(path) for path in sorted(folder.glob(f"*/{SPEC_FILE}"))}
    if not specs:
        raise LabError(
            f"no contestant found in {folder}", f"Add a folder that contains a {SPEC_FILE}."
        )
    for path in specs:
        require_name(path.parent)
    parents = {path: extension.parent(content, path) for path, content in specs.items()}
    plain = {
        path.parent.name: Service(path.parent.name, path.parent, toml.parse(content, Spec, path))
        for path, content in specs.items()
        if parents[path] is None
    }
    extended = {
        path.parent.name: _extended(path, specs[path], parent, plain)
        for path, parent in parents.items()
        if parent is not None
    }
    return dict(sorted({**plain, **extended}.items()))


def require_name(folder: Path) -> None:
    """Raises LabError for a folder whose name cannot be that of a contestant."""
    name = folder.name
    if not re.fullmatch(NAME, name):
        raise LabError(
            f"{folder}: {name!r} is not a valid contestant name",
            "Rename the folder: use lowercase letters and digits, separated by `-` or `_`.",
        )
    if len(name) > NAME_LENGTH_MAX:
        raise LabError(
            f"{folder}: the name has {len(name)} letters",
            f"Rename the folder: {NAME_LENGTH_MAX} is the most.",
        )
    if TAKEN.fullmatch(name):
        raise LabError(
            f"{folder}: {name!r} is a name of the lab's own",
            "Rename the folder; taken are postgres, template<n>, levelbench..., trial_<n>, "
            "...-base, ...-after, all, paired, release and as-published.",
        )


def _extended(
    path: Path, content: Mapping[str, Any], parent: str, plain: Mapping[str, Service]
) -> Service:
    """Build an exhibit or a variant from its own service.toml and that of its parent."""
    base = plain.get(parent)
    if base is None:
        raise LabError(
            f"{path}: extends: unknown contestant {parent!r}", f"Choose from: {', '.join(plain)}."
        )
    spec = toml.parse(extension.merged(base.declared(), content), Spec, path)
    if spec.role == "variant":
        extension.require_declared(path, content, spec.changes, spec.traits, base.spec.traits)
    return Service(path.parent.name, path.parent, spec, base)
