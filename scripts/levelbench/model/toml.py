"""Read TOML files into frozen models; an error names the file, the field and what was expected."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from levelbench.errors import LabError


class FileModel(BaseModel):
    """A model that is read from a file: frozen, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Text = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(gt=0, le=1)]
Seconds = Annotated[float, Field(gt=0)]
WholeSeconds = Annotated[int, Field(gt=0)]
Positive = Annotated[int, Field(gt=0)]
VirtualUsers = Annotated[int, Field(gt=0, le=20_000)]
"""Each has a connection of its own: a container has 28,232 ports to one address (Linux:
ip_local_port_range)."""

Read = TypeVar("Read", bound=FileModel)


def read(path: Path, model: type[Read]) -> Read:
    """Read `path` as `model`.

    Raises LabError that names the file, the field and what was expected.
    """
    return parse(load(path), model, path)


def load(path: Path) -> dict[str, Any]:
    """What `path` says. Raises LabError that names the file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise LabError(f"{path} is missing") from None
    except OSError as error:
        raise LabError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise LabError(f"{path}, line {line}: not UTF-8", "Save the file as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise LabError(f"{path} is not valid TOML: {error}") from None


def parse(content: Mapping[str, Any], model: type[Read], path: Path) -> Read:
    """What was loaded from `path` as `model`.

    Raises LabError that names the file, the field and what was expected.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole file"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise LabError(f"{path}: {where}: {first['msg']}{more}", "Correct the file.") from None
