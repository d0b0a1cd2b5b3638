"""Examples of a Hypothesis strategy, the same for the same seed."""

from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")


def draw(strategy: SearchStrategy[T], count: int, at: int) -> list[T]:
    """Up to `count` examples, fewer where a strategy has no more; `at` is the seed.

    Hypothesis tries small values first, then repeats itself now and then: whoever wants distinct
    examples drops what is equal.
    """
    found: list[T] = []

    @seed(at)
    @settings(
        max_examples=count,
        phases=[Phase.generate],  # nothing can fail, so that there is nothing to shrink
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: T) -> None:
        found.append(value)

    collect()
    return found
