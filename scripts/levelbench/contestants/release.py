"""Releases of a package in a contestant: resolve lock files that differ in it and in what it
forces, with uv, as `make lock` does."""

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from levelbench import command
from levelbench.contestants.at_commit import SUFFIX
from levelbench.contestants.code.dependencies import DIRECT, direct
from levelbench.contestants.files import copy_files
from levelbench.contestants.selection import with_role
from levelbench.contestants.service import LOCK_FILE, Service
from levelbench.contestants.specification import Spec
from levelbench.errors import LabError
from levelbench.model.config import REPORTS, ROOT
from levelbench.model.files import require_writable, write_atomic
from levelbench.model.release import Pin, Release

UV = "uv"
HEAD_SUFFIX = "-after"
"""Suffix of the side with the version TO: under the contestant's own name it would replace the
image and the verification of the checkout. It sorts before the base's, as a pair's head does."""


def framework_of(package: str, services: Mapping[str, Service]) -> Service:
    """The contestant of which a package is the framework. Raises LabError unless there is one."""
    wanted = canonicalize_name(package)
    found = [
        services[name]
        for name in with_role("contestant", services)
        if canonicalize_name(services[name].spec.packages[0]) == wanted
    ]
    if len(found) != 1:
        raise LabError(
            f"{package} is not the framework of one contestant",
            "Name a contestant that has the package: SERVICE=<name>.",
        )
    return found[0]


@contextmanager
def with_releases(
    service: Service, package: str, before: str, after: str, scratch: Path = REPORTS
) -> Iterator[tuple[dict[str, Service], Release]]:
    """The contestant with `package` at `after` as `<name>-after`, and at `before` as `<name>-base`.

    The files of both are in a temporary folder under `scratch` until the context ends. `before` is
    resolved with the pins of requirements.lock as preferences, `after` with those of `before`: only
    what the package forces moves. Raises LabError for a package, version or service without such
    lock files.
    """
    package = canonicalize_name(package)
    before, after = str(_version(before)), str(_version(after))
    _require_comparable(service, package, before, after)
    require_writable(scratch)
    with tempfile.TemporaryDirectory(dir=scratch, prefix=".release-") as temporary:
        base = _side(service, Path(temporary, "from"), package, before)
        head = _side(base, Path(temporary, "to"), package, after)
        pair = {
            one.name: one
            for one in (
                _named(head, service.name + HEAD_SUFFIX, service.spec, package),
                _named(base, service.name + SUFFIX, service.spec, package),
            )
        }
        yield pair, _release(service, package, base.locked(), head.locked())


def _require_comparable(service: Service, package: str, before: str, after: str) -> None:
    """Raises LabError for what no lock file can be resolved of."""
    if service.base is not None:
        raise LabError(
            f"{service.name} extends {service.base.name} and has its versions",
            f"Compare the releases in that contestant: SERVICE={service.base.name}.",
        )
    if package not in service.locked():
        raise LabError(
            f"{service.name} does not depend on {package}: {LOCK_FILE} does not contain it",
            f"Choose another SERVICE=, or a package of services/{service.name}/{LOCK_FILE}.",
        )
    if Version(before) == Version(after):
        raise LabError(
            f"FROM and TO are the same version of {package}: {before}", "Name two versions."
        )


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        raise LabError(
            f"{text!r} is not a version of a package", "Write it as 1.2.3, without a range."
        ) from None


def _side(service: Service, folder: Path, package: str, version: str) -> Service:
    """A copy of a service with this version of a package in its lock file."""
    copy_files(service.files(), folder)
    try:
        lock(folder, Path(DIRECT), service.spec.python, f"{package}=={version}")
    except UnresolvedError as error:
        if f"no version of {package}=={version}" in error.cause:
            raise LabError(
                f"the package index has no {package} {version}",
                f"`pip index versions {package}` lists what it has.",
            ) from None
        raise LabError(
            f"{package} {version} does not fit the other packages of {service.spec.display_name}: "
            f"{error.cause}",
            "Choose another version.",
        ) from None
    side = Service(service.name, folder, service.spec)
    found = side.locked().get(package)
    if found is None or Version(found) != Version(version):
        raise LabError(
            f"with {package} {version} nothing that {service.spec.display_name} needs requires it",
            "Choose a package that both releases need.",
        )
    return side


def _named(side: Service, name: str, spec: Spec, package: str) -> Service:
    shown = f"{spec.display_name} with {package} {side.locked()[package]}"
    return Service(name, side.folder, Spec.model_validate({**dict(spec), "display_name": shown}))


def _release(
    service: Service, package: str, base: Mapping[str, str], head: Mapping[str, str]
) -> Release:
    differs, moved = _differing(base, head), _differing(service.locked(), head)
    return Release(
        service=service.name,
        package=package,
        from_version=base[package],
        to_version=head[package],
        direct=package in direct(service.folder),
        differs={name: pin for name, pin in differs.items() if name != package},
        shared={name: pin for name, pin in moved.items() if name not in differs},
    )


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, Pin]:
    return {
        name: Pin(before=before.get(name), after=after.get(name))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    }


def upgraded(service: Service, root: Path = ROOT) -> bool:
    """Lock the newest releases of a service's direct packages in place; whether a pin changed. A
    lock file without a changed pin keeps its text."""
    asked, file = service.folder / DIRECT, service.folder / LOCK_FILE
    if not asked.is_file():  # a variant with the packages of its contestant
        return False
    pins, text = service.locked(), file.read_text(encoding="utf-8")
    packages = sorted(direct(service.folder))
    lock(root, asked.relative_to(root), service.spec.python, *packages)
    if service.locked() != pins:
        return True
    write_atomic(file, text)
    return False


class UnresolvedError(LabError):
    """No lock file satisfies the requirements."""


def lock(folder: Path, asked: Path, python: str, *upgrade: str) -> None:
    """Resolve a requirements.in, a path in `folder`, into the lock file next to it: `upgrade`
    anew, all others as the file has them where that is possible. Raises UnresolvedError with uv's
    reason."""
    if shutil.which(UV) is None:
        raise LabError(
            "uv is missing, which resolves lock files",
            "Install it, such as with `pipx install uv`, and run the command again.",
        )
    words = [
        UV, "--directory", str(folder), "--color=never", "pip", "compile", "--quiet",
        f"--python-version={re.sub('[^0-9.]', '', python)}", "--generate-hashes",
        "--custom-compile-command=make lock", str(asked),
        f"--output-file={asked.with_suffix('.lock')}",
        *(f"--upgrade-package={package}" for package in upgrade),
    ]  # fmt: skip
    try:
        command.run(words)
    except command.CommandError as error:
        text = " ".join(" ".join(error.output).split()) or error.cause
        reason = re.search(r"\bBecause .*[^.]", text)
        if reason is None:
            raise LabError(f"{asked} could not be resolved: {text}", error.remedy) from None
        raise UnresolvedError(reason[0]) from None
