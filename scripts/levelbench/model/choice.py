"""Choices: the settings of a contestant that are not defaults, each with its reason and source."""

import re

from pydantic import field_validator

from levelbench.model.included import LINK
from levelbench.model.rules import RETIRED, RULES
from levelbench.model.toml import FileModel, Text


class Choice(FileModel):
    """An option that a contestant sets, with its reason and source."""

    what: Text
    why: Text
    source: Text
    """A link to the documentation, or `lab-equalised: <rule>` with a parity rule."""

    @field_validator("source")
    @classmethod
    def _is_link_or_rule(cls, source: str) -> str:
        kind, _, rule = source.partition(": ")
        if kind == "lab-equalised" and rule in RULES:
            return source
        if kind == "lab-equalised" and rule in RETIRED:
            return f"{kind}: {RETIRED[rule]}"
        if re.fullmatch(LINK, source):
            return source
        rules = ", ".join(f'"{known}"' for known in RULES)
        raise ValueError(
            f"{source!r} is neither a link (https://...) nor `lab-equalised: <rule>` "
            f"with one of the rules {rules}"
        )
