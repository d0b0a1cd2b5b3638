"""What may come for free with a framework: the one closed list, and how a contestant declares it.

A declaration is a claim, so each has its proof: a program that is run in the contestant's running
container by `verify` and fails unless the thing is there and works.
"""

from typing import Annotated, Literal, get_args

from pydantic import Field

from levelbench.model.base import Model
from levelbench.model.toml import FileModel

What = Literal[
    "validation",  # input is declared; what does not fit is refused, and the field named
    "api-docs",  # a description of the endpoints, made from their code, and a page to read it
    "admin",  # pages that list and change the rows of the models
    "migrations",  # the schema's changes as files, applied in order
    "authentication",  # a user signs in, gets a session or token, and is known by it afterwards
    "background-tasks",  # work after the answer, in the server's own process, without a broker
]

WHATS: tuple[What, ...] = get_args(What)

LINK = r"https://[\w-]+(\.[\w-]+)+(/\S*)?"

Text = Annotated[str, Field(min_length=1)]


class Included(FileModel):
    """An `[[included]]` entry of service.toml."""

    what: What
    by: Text
    """The package that brings it, as requirements.lock names it."""
    how: Text
    """What of the package does it, in a few words."""
    proof: Text
    """A shell script. Run in the contestant's running container; ends with status 0 only if the
    thing is there and works. It changes nothing that lasts."""
    source: Annotated[str, Field(pattern=f"^{LINK}$")]
    """A link to the documentation."""

    def recorded(self) -> "IncludedRecord":
        """What a run's record keeps of it."""
        return IncludedRecord(what=self.what, by=self.by, how=self.how, source=self.source)


class IncludedRecord(Model):
    """Something that comes for free, as a run's record has it."""

    what: What
    by: str
    how: str
    source: str
