"""Generate the dataset: deterministic, scalable, the same for every contestant."""

import hashlib
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from levelbench.model.config import Dataset

# A well-formed argon2id hash of an unknown password: seeded users cannot log in, and trying
# costs what any other log-in costs.
UNKNOWN_PASSWORD_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$bGV2ZWxiZW5jaC1zZWVk"
    "$4ZTSzHNGxiSxLZbgPgHPoTkrNqFTBDo6kThDwhbGq1o"
)
STATUSES = ("pending", "paid", "shipped", "cancelled")
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
MINUTES = 90 * 24 * 60
"""Orders fall on whole minutes of 90 days, so that some share a time: ties must be broken by id."""


@dataclass(frozen=True)
class Rows:
    """The dataset in PostgreSQL's COPY text format, one text a table."""

    users: str
    orders: str
    order_items: str

    @property
    def checksum(self) -> str:
        """SHA-256 over the three tables."""
        digest = hashlib.sha256()
        for table in (self.users, self.orders, self.order_items):
            digest.update(table.encode())
        return digest.hexdigest()


def generate(dataset: Dataset, scale: int = 1) -> Rows:
    """Make the rows. Only `Random.random` is used: its sequence for a seed is the one that
    Python promises never to change (documentation of `random`, Notes on Reproducibility).
    """
    draw = random.Random(dataset.seed).random

    def below(limit: int) -> int:
        return int(draw() * limit)

    users = dataset.users * scale
    user_rows = [
        f"{n}\tseeded_{n:07d}\t{UNKNOWN_PASSWORD_HASH}\t{FIRST_DAY:%Y-%m-%d %H:%M:%S}+00"
        for n in range(1, users + 1)
    ]
    order_rows: list[str] = []
    item_rows: list[str] = []
    for order in range(1, dataset.orders * scale + 1):
        user, status, minute = 1 + below(users), STATUSES[below(len(STATUSES))], below(MINUTES)
        total_cents = 0
        for _ in range(1 + below(dataset.items_per_order_max)):
            quantity, cents = 1 + below(5), 100 + below(20_000)
            total_cents += quantity * cents
            item_rows.append(
                f"{len(item_rows) + 1}\t{order}\tsku-{below(5000):04d}\t{quantity}\t{_money(cents)}"
            )
        created = FIRST_DAY + timedelta(minutes=minute)
        order_rows.append(
            f"{order}\t{user}\t{status}\t{_money(total_cents)}\t{created:%Y-%m-%d %H:%M:%S}+00"
        )
    return Rows(*("\n".join(rows) + "\n" for rows in (user_rows, order_rows, item_rows)))


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
