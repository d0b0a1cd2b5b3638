"""TOML files read into frozen models; what is wrong is said in one line."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from levelbench.errors import LabError


class FileModel(BaseModel):
    """A model that is read from a file: frozen, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Read = TypeVar("Read", bound=FileModel)


def read(path: Path, model: type[Read]) -> Read:
    """Read `path` as `model`.

    Raises LabError that names the file, the field and what was expected.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LabError(f"{path} is missing") from None
    except OSError as error:
        raise LabError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LabError(f"{path} is not valid TOML: {error}") from None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole file"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise LabError(f"{path}: {where}: {first['msg']}{more}", "Correct the file.") from None
