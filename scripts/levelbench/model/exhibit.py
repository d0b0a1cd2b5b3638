"""Declaration of an exhibit: a published list handler, rebuilt on the stack of a contestant.

An exhibit serves only the list, does different work than contestants, and is never ranked.
"""

from typing import Annotated, Literal

from pydantic import Field

from levelbench.model.toml import FileModel, Text


class Deviation(FileModel):
    """Deviation of an exhibit from the contract, or from the published code."""

    kind: Literal["contract", "repair", "assumption"]
    """contract: required by the contract, missing in the published handler. repair: a change that
    it needs to respond. assumption: a choice where the article gives no information."""
    what: Text
    why: Text


class Exhibit(FileModel):
    """Work that a published list handler does; `verify` checks that it does exactly this."""

    extends: Text
    """The contestant that provides the other files and the database."""
    statements: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Data statements per request by label, such as `SELECT orders`."""
    user: bool
    """Whether each order has its user."""
    items: bool
    """Whether each order has its items."""
    total: bool
    """Whether it counts all orders."""
    ordered: bool
    """Whether orders are sorted as the contract requires."""
    token: bool
    """Whether it requires a token."""
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
