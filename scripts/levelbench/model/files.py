"""Read and write the files of a run folder atomically."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from levelbench.errors import LabError

Record = TypeVar("Record", bound=BaseModel)


class ResultsError(LabError):
    """A run folder that cannot be read: missing, cut short, or of an unknown schema."""


def require_writable(folder: Path) -> None:
    """Raises ResultsError where no file can be made in a folder, which is made if it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise ResultsError(
            f"{folder} cannot be written: {error.strerror}",
            f"If another user made it, as `sudo make` does, run `sudo chown -R $USER {folder}`.",
        ) from None


def write_atomic(path: Path, text: str) -> None:
    """Write `text` so that a reader, or a crash, finds the old file or the new, never half.

    The temporary file is in the target's folder because a rename is atomic within one file
    system only (POSIX rename). Raises ResultsError.
    """
    try:
        _write_atomic(path, text)
    except OSError as error:
        raise ResultsError(
            f"{path} cannot be written: {error.strerror}",
            "Free disk space, or make the folder writable.",
        ) from None


def _write_atomic(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)  # mkstemp's 0600 would hide a report from other readers
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def to_json(model: BaseModel) -> str:
    return model.model_dump_json(indent=2) + "\n"


def save(path: Path, model: BaseModel) -> None:
    """Save a record atomically as indented JSON."""
    write_atomic(path, to_json(model))


def load(path: Path, model: type[Record], version: int) -> Record:
    """Read a file as `model`.

    Raises ResultsError for a missing or damaged file, or one of an unknown schema version.
    """
    return parse(read_json(path, version), model, path)


def read_json(path: Path, *versions: int) -> Any:
    """Read a JSON file that has one of these schema versions. Raises ResultsError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResultsError(
            f"{path} is missing", "Name the folder of a run: `ls reports`."
        ) from None
    except OSError as error:
        raise ResultsError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:  # covers invalid UTF-8 and invalid JSON alike
        raise ResultsError(
            f"{path} is not complete JSON: {error}", "Remove the file, or the run."
        ) from None
    found = content.get("schema_version") if isinstance(content, dict) else None
    if found not in versions:
        known = " and ".join(str(version) for version in versions)
        raise ResultsError(
            f"{path} has schema_version {found!r}; this version of the lab reads {known}",
            "Read it with the version of the lab that wrote it.",
        )
    return content


def parse(content: Any, model: type[Record], path: Path) -> Record:
    """Validate content read from `path` as `model`. Raises ResultsError."""
    try:
        # From text and not from the parsed object: JSON has no tuples or datetimes of its own.
        return model.model_validate_json(json.dumps(content))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole file"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise ResultsError(f"{path}: {where}: {first['msg']}{more}") from None
