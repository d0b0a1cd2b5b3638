from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from levelbench.lab.dataset import Rows, generate
from levelbench.model.config import load_config

DATASET = load_config().dataset


@pytest.fixture(scope="module")
def rows() -> Rows:
    return generate(DATASET)


def table(text: str) -> list[list[str]]:
    assert text.endswith("\n")
    return [line.split("\t") for line in text.splitlines()]


def test_is_the_same_at_every_time_and_place(rows: Rows) -> None:
    assert rows == generate(DATASET)
    assert rows.checksum == "d30e9db39c28da48d5e530e1470a0e02f292edb65246ea640ef27e4efab98cbe"


def test_has_the_sizes_that_the_contract_names(rows: Rows) -> None:
    assert len(table(rows.users)) == 1_000
    assert len(table(rows.orders)) == 10_000
    per_order = Counter(item[1] for item in table(rows.order_items))
    assert len(per_order) == 10_000
    assert set(per_order.values()) == {1, 2, 3, 4, 5}


def test_totals_are_the_sums_of_the_items(rows: Rows) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for _, order, _, quantity, price in table(rows.order_items):
        sums[order] += int(quantity) * Decimal(price)
    assert all(sums[order[0]] == Decimal(order[3]) for order in table(rows.orders))


def test_some_orders_share_a_time_so_that_ties_must_be_broken(rows: Rows) -> None:
    times = Counter(order[4] for order in table(rows.orders))
    assert sum(count > 1 for count in times.values()) > 100


def test_scale_multiplies_users_and_orders() -> None:
    tripled = generate(DATASET, scale=3)
    assert len(table(tripled.users)) == 3_000
    assert len(table(tripled.orders)) == 30_000
