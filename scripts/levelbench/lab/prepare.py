"""Prepare a contestant, once per run: migrate, load the dataset, register users, freeze.

The result is a template database that every trial starts from, and the users' tokens.
"""

import math
import time
from dataclasses import dataclass, replace

from levelbench.errors import LabError
from levelbench.lab import waiting
from levelbench.lab.dataset import Rows
from levelbench.lab.lab import Contestant, Lab, Seat
from levelbench.lab.meters.sampler import GONE
from levelbench.load.generator import User
from levelbench.model.vocabulary import Endpoint

MIGRATE_TIMEOUT_S = 600.0


@dataclass
class Prepared:
    """A contestant that is ready to be measured."""

    contestant: Contestant
    template: str
    """Its template database."""
    users: list[User]
    """The load's users; a guest has none."""
    user_rows: int
    """Rows in the template's `users`; 0 for a guest, which has tables of its own."""
    memory_idle_mib: float | None
    statements_per_request: dict[Endpoint, float]
    """Data statements of each endpoint, as `verify` counted them."""

    def tokens_last_s(self) -> float:
        """Seconds until the first of the tokens expires; infinite where none is asked for."""
        exhibit = self.contestant.service.spec.exhibit
        if not self.users or (exhibit and not exhibit.token):
            return math.inf
        return min(user["expires_at_epoch_s"] for user in self.users) - time.time()


def prepare_database(lab: Lab, contestant: Contestant, rows: Rows) -> str:
    """Make a database with the contestant's own migrations, load the dataset into it, and
    return its name. A guest fills its own. Raises EngineError.
    """
    name = contestant.name
    migrate(lab, contestant, name)
    if contestant.service.spec.is_guest:
        _run(lab, contestant, name, "bin/seed")
    else:
        lab.database.load(name, rows)
    return name


def migrate(lab: Lab, contestant: Contestant, name: str) -> None:
    """Create a database with the contestant's own migrations. Raises EngineError."""
    lab.database.create(name)
    _run(lab, contestant, name, "bin/migrate")


def _run(lab: Lab, contestant: Contestant, name: str, script: str) -> None:
    """Run a script of the contestant on a database to its end."""
    variables = lab.variables(contestant, name) | {"MIGRATE": script}
    called = script.removeprefix("bin/")
    waiting.run_to_end(lab.site, "migrate", MIGRATE_TIMEOUT_S, called=called, **variables)


def prepare(
    lab: Lab, contestant: Contestant, rows: Rows, statements_per_request: dict[Endpoint, float]
) -> Prepared:
    """Everything that a contestant needs before its first trial. Raises LabError."""
    template = prepare_database(lab, contestant, rows)
    lab.start_contestant(contestant, template, all_cores=True)
    try:
        lab.wait_contestant()
        lab.require_reachable()
        memory_idle_mib = _memory_mib(lab)
        is_guest = contestant.service.spec.is_guest
        users = [] if is_guest else log_in_users(lab, lab.seats[0], register=True)
    finally:
        lab.clear()
    lab.database.freeze(template)
    return Prepared(
        contestant,
        template,
        users,
        0 if is_guest else lab.database.users(template),
        memory_idle_mib,
        statements_per_request,
    )


def on_database_of(
    extended: Prepared, contestant: Contestant, statements_per_request: dict[Endpoint, float]
) -> Prepared:
    """An exhibit, which cannot register users: on the database of the contestant it extends."""
    return replace(
        extended,
        contestant=contestant,
        memory_idle_mib=None,
        statements_per_request=statements_per_request,
    )


def log_in_users(lab: Lab, seat: Seat, *, register: bool) -> list[User]:
    """Log the load's users in, through the API of the contestant that is up at a seat.

    Raises EngineError with the load generator's last line.
    """
    return seat.generator.log_in(
        lab.config.load.users,
        lab.secrets.user_password,
        register=register,
        timeout_s=lab.config.limits.prepare_timeout_s,
    )


def _memory_mib(lab: Lab) -> float | None:
    try:
        (source,) = lab.site.sources("service")
        sample = source.read()
    except (LabError, *GONE):
        return None
    return round(sample.memory_mib, 1)
