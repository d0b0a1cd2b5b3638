"""Included features of a framework: the list of features, and their declaration in service.toml.

Each declaration has a proof: a script that `verify` runs in the contestant's container, and that
fails unless the feature exists and works.
"""

from typing import Annotated, Literal, get_args

from pydantic import Field

from levelbench.model.base import Model
from levelbench.model.toml import FileModel

What = Literal[
    "validation",  # input is declared; invalid input is refused, and the response names the field
    "api-docs",  # a description of the endpoints, generated from the code, and a page to read it
    "admin",  # pages that list and change the rows of the models
    "migrations",  # schema changes as files, applied in order
    "authentication",  # a user logs in, gets a session or token, and is recognised by it afterwards
    "background-tasks",  # work after the response, in the server's process, without a broker
]

WHATS: tuple[What, ...] = get_args(What)

LINK = r"https://[\w-]+(\.[\w-]+)+(/\S*)?"

Text = Annotated[str, Field(min_length=1)]


class Included(FileModel):
    """An `[[included]]` entry of service.toml."""

    what: What
    by: Text
    """The package that provides it, named as in requirements.lock."""
    how: Text
    """The part of the package that does it, in a few words."""
    proof: Text
    """A shell script that runs in the contestant's container. It exits with status 0 only if the
    feature exists and works, and changes nothing permanently."""
    source: Annotated[str, Field(pattern=f"^{LINK}$")]
    """A link to the documentation."""

    def recorded(self) -> "IncludedRecord":
        """The part that is stored in the record of a run."""
        return IncludedRecord(what=self.what, by=self.by, how=self.how, source=self.source)


class IncludedRecord(Model):
    """An included feature in the record of a run."""

    what: What
    by: str
    how: str
    source: str
