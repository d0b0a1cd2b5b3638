"""A service: a folder under services/ with its files, versions and specification."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from levelbench.contestants import extension
from levelbench.contestants.code.dependencies import requirements
from levelbench.contestants.extension import ContestantError
from levelbench.contestants.files import SCRIPTS, copy_files, image_mode, source_files
from levelbench.contestants.specification import SPEC_FILE, Spec
from levelbench.errors import LabError
from levelbench.model import toml
from levelbench.model.choice import Choice
from levelbench.model.config import ROOT

LOCK_FILE = "requirements.lock"
TODO_FILE = "TODO.md"
"""What a copied contestant still needs (contestants/new.py)."""
JOURNEY_FILE = "journey.js"
"""Requests of a guest with their weights and checks (docs/your-own-service.md)."""
NOT_IN_IMAGE = {SPEC_FILE, "requirements.in", "README.md", TODO_FILE, JOURNEY_FILE}
"""Files that are not copied into the image."""
GUEST_FILES = ROOT / "compose" / "guest"
"""What a guest inherits where it has no file of its own: an idle worker, a seed without rows."""


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
            digest.update(f"{path}\0{image_mode(path, file) & 0o111}\0".encode())
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


def _locked_versions(lock: Path) -> Iterator[tuple[str, str]]:
    if not lock.is_file():
        raise LabError(f"{lock} is missing", "Run `make lock`.")
    for found in requirements(lock):
        for pin in found.specifier:
            yield canonicalize_name(found.name), pin.version
