"""Validate results.json by the JSON Schema that ships with the lab."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from levelbench.model.files import ResultsError

LONGEST = 160
"""Characters of the validator's message, which may quote the whole file."""


REBUILD = "Rebuild it: `make report RUN=<run>`."


def require(content: Any, schema: Path, named: Path, remedy: str = REBUILD) -> None:
    """Raises ResultsError, in one line, for content that the schema does not allow; `named` is the
    file it comes from or goes to."""
    error = best_match(_validator(schema).iter_errors(content))
    if error is None:
        return
    said = " ".join(error.message.split())
    if len(said) > LONGEST:
        said = said[:LONGEST] + "..."
    raise ResultsError(
        f"{named} does not match {schema.name}: {error.json_path}: {said}",
        remedy,
    )


@cache
def _validator(schema: Path) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))
