"""Contestants that several of the modules need."""

import pytest

from tests.full.checkout import Checkout
from tests.full.faults import contestants


@pytest.fixture(scope="session")
def slow(checkout: Checkout) -> None:
    """Those that give time to interrupt what is over soon otherwise."""
    contestants.add_slow(checkout)
