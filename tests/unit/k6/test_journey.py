"""The journey: the request of iteration n, from the module that k6 runs."""

import json
import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from scipy.stats import chisquare

from levelbench.model.config import load_config
from levelbench.model.vocabulary import ENDPOINTS
from tests.unit.k6.conftest import K6

ITERATIONS = 60_000
ORDERS = 10_000
USERS = 100

DECK = 50
"""Requests after which every endpoint was asked for as often as its weight."""

Walk = Callable[..., list[Any]]


@pytest.fixture(scope="module")
def walk(k6: K6) -> Walk:
    """Steps of the journey by seed and iterations."""
    users = [{"username": f"u{n}", "password": "p", "token": f"t{n}"} for n in range(USERS)]

    def run(seed: int, iterations: list[int], weights: dict[str, int] | None = None) -> list[Any]:
        asked = {"seed": seed, "weights": weights or load_config().load.weights, "users": users}
        steps: list[Any] = k6.script(f"""
            import {{ createJourney, PAGES }} from './lab/lib/journey.js';
            const step = createJourney({{
              ...{json.dumps(asked)}, pages: PAGES, orders: {ORDERS}, trial: 'b1n2a1',
            }});
            console.log(JSON.stringify({json.dumps(iterations)}.map(step)));
        """)
        return steps

    return run


@pytest.fixture(scope="module")
def steps(walk: Walk) -> list[Any]:
    return walk(42, list(range(ITERATIONS)))


def plausible(observed: list[float], shares: list[float]) -> bool:
    """Whether counts fit their expected shares, one false alarm in 10,000."""
    total = sum(observed)
    expected = [share * total / sum(shares) for share in shares]
    return bool(chisquare(observed, expected).pvalue > 1e-4)


def test_step_depends_on_seed_and_n_alone(walk: Walk, steps: list[Any]) -> None:
    some = [59_999, 7, 0, 31_415]
    assert walk(42, some) == [steps[n] for n in some]
    assert walk(43, list(range(100))) != steps[:100]


def test_journey_does_not_change_unnoticed(steps: list[Any]) -> None:
    """Runs made before and after a change here asked for different things."""
    assert [f"{step['method']} {step['path']}" for step in steps[:6]] == [
        "GET /api/v1/orders/9156",
        "GET /api/v1/orders?page=13",
        "GET /api/v1/orders/6202",
        "GET /api/v1/orders/8672",
        "GET /api/v1/orders/5732",
        "GET /api/v1/orders/4755",
    ]


def test_every_deck_holds_each_endpoint_as_often_as_its_weight(steps: list[Any]) -> None:
    weights = load_config().load.weights
    deck = {name: weights[name] // 2 for name in ENDPOINTS}
    assert sum(deck.values()) == DECK
    dealt = [step["endpoint"] for step in steps]
    for first in range(0, ITERATIONS, DECK):
        assert Counter(dealt[first : first + DECK]) == deck


def test_decks_are_shuffled_and_no_two_alike(steps: list[Any]) -> None:
    dealt = [step["endpoint"] for step in steps]
    decks = [tuple(dealt[first : first + DECK]) for first in range(0, ITERATIONS, DECK)]
    assert len(set(decks)) > 0.99 * len(decks)
    for name in ("register", "login"):  # one of each in a deck
        places = Counter(deck.index(name) for deck in decks)
        assert plausible([places[place] for place in range(DECK)], [1.0] * DECK)
    # What follows what: as often as in a deck whose order is drawn.
    follows = Counter(pair for deck in decks for pair in pairwise(deck))
    some = [(a, b) for a in ("list", "detail") for b in ("list", "detail")]
    assert plausible([follows[pair] for pair in some], [22.0 if a == b else 23.0 for a, b in some])


def test_equal_weights_and_those_of_a_mix_without_hashes_are_dealt_alike(walk: Walk) -> None:
    for weights, each in (
        (dict.fromkeys(ENDPOINTS, 20), [1, 1, 1, 1, 1]),
        ({"register": 0, "login": 0, "list": 46, "detail": 46, "task": 4}, [0, 0, 23, 23, 2]),
        ({"register": 0, "login": 0, "list": 0, "detail": 1, "task": 0}, [0, 0, 0, 1, 0]),
    ):
        deck = sum(each)
        dealt = [step["endpoint"] for step in walk(42, list(range(40 * deck)), weights)]
        for first in range(0, len(dealt), deck):
            seen = Counter(dealt[first : first + deck])
            assert [seen[name] for name in ENDPOINTS] == each


def test_pages_are_front_weighted(steps: list[Any]) -> None:
    seen = Counter(step["page"] for step in steps if step["endpoint"] == "list")
    assert plausible([seen[page] for page in range(1, 21)], [50.0] + [40 / 4] * 4 + [10 / 15] * 15)
    assert set(seen) == set(range(1, 21))


def test_orders_and_users_are_uniform(steps: list[Any]) -> None:
    details = [step for step in steps if step["endpoint"] == "detail"]
    assert {step["order"] for step in details} <= set(range(1, ORDERS + 1))
    tenths = Counter((step["order"] - 1) * 10 // ORDERS for step in details)
    assert plausible([tenths[tenth] for tenth in range(10)], [1.0] * 10)
    tokens = Counter(step["token"] for step in details)
    assert plausible([tokens[f"t{n}"] for n in range(USERS)], [1.0] * USERS)


def test_draws_of_an_iteration_are_independent(steps: list[Any]) -> None:
    details = [step for step in steps if step["endpoint"] == "detail"]
    cells = Counter((int(step["token"][1:]) // 20, step["order"] % 5) for step in details)
    assert plausible([cells[user, order] for user in range(5) for order in range(5)], [1.0] * 25)


def test_next_seed_is_another_journey(walk: Walk, steps: list[Any]) -> None:
    """Blocks take consecutive seeds: their journeys agree as often as chance has it."""
    other = walk(43, list(range(10_000)))
    for shift in (0, 1):
        same = sum(a["path"] == b["path"] for a, b in zip(steps[shift:], other, strict=False))
        # Both list (46%) and the same page: 0.46^2 x (0.5^2 + 4 x 0.1^2 + 15 x 0.0067^2) = 6.1%,
        # and logins, 0.04%.
        assert 0.055 < same / len(other) < 0.070


def test_registered_names_are_valid_and_never_the_same(steps: list[Any]) -> None:
    names = [step["username"] for step in steps if step["endpoint"] == "register"]
    assert len(names) == len(set(names)) > 1000
    assert all(re.fullmatch(r"[a-z0-9_]{3,32}", name) for name in names)
