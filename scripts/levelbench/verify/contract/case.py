"""Contract cases: one named requirement each."""

from collections.abc import Callable
from dataclasses import dataclass

from levelbench.model.vocabulary import Container
from levelbench.verify.contract.subject import Subject

Check = Callable[[Subject], None]  # raises MismatchError


@dataclass(frozen=True)
class Case:
    """One requirement of the contract.

    id            unique, `area/what`, part of the pytest id
    check         makes the requests; raises MismatchError if the requirement is not met
    needs_secret  tokens are crafted with the run's key
    down          the container ("postgres", "redis") that is stopped while the case runs
    """

    id: str
    check: Check
    needs_secret: bool = False
    down: Container | None = None


class Cases(list[Case]):
    """The cases of one part of the contract, in source order."""

    def add(
        self, id: str, check: Check, *, needs_secret: bool = False, down: Container | None = None
    ) -> None:
        self.append(Case(id, check, needs_secret=needs_secret, down=down))

    def named(
        self, id: str, *, needs_secret: bool = False, down: Container | None = None
    ) -> Callable[[Check], Check]:
        """Decorate a function as the case `id`."""

        def register(check: Check) -> Check:
            self.add(id, check, needs_secret=needs_secret, down=down)
            return check

        return register
