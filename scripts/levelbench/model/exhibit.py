"""What an exhibit declares: a published list handler, rebuilt on a contestant's own stack.

It is no contestant: it serves the list alone, does other work, and is never ranked.
"""

from typing import Annotated, Literal

from pydantic import Field

from levelbench.model.toml import FileModel, Text


class Deviation(FileModel):
    """Where an exhibit differs from the contract, or from what was printed."""

    kind: Literal["contract", "repair", "assumption"]
    """What the contract asks and the published handler does not; what had to be changed for it to
    answer at all; what the article does not say and the lab had to choose."""
    what: Text
    why: Text


class Exhibit(FileModel):
    """A published list handler: what it does, which is what it is held to."""

    extends: Text
    """The contestant whose folder it is built from and whose database it is measured on."""
    statements: Annotated[tuple[Text, ...], Field(min_length=1)]
    """The data statements of one request by their label, such as `SELECT orders`."""
    user: bool
    """Whether each order has its user."""
    items: bool
    """Whether each order has its items."""
    total: bool
    """Whether it counts all orders."""
    ordered: bool
    """Whether orders come in the order that the contract asks for."""
    token: bool
    """Whether it asks for a token."""
    deviations: Annotated[tuple[Deviation, ...], Field(min_length=1)]

    def unchecked(self) -> tuple[str, ...]:
        """The load generator's checks of a list that do not apply (k6/lib/checks.js)."""
        checks = {
            "total": self.total,
            "user": self.user,
            "items": self.items,
            "newest_first": self.ordered,
        }
        return tuple(name for name, applies in checks.items() if not applies)
