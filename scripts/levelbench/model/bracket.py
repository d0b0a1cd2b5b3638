"""Bracket: a quantity known only to lie between two values, such as a capacity between two rates of
a ladder."""

import math
from collections.abc import Sequence
from typing import Literal

Bound = Literal["at_least", "at_most"]
"""What a value is where only one end is known."""


def opposite(bound: Bound | None) -> Bound | None:
    """The bound of the reciprocal."""
    if bound is None:
        return None
    return "at_most" if bound == "at_least" else "at_least"


class Bracket(float):
    """A positive quantity between `low` and `high`: 0 where it has no known lower end, infinity
    where it has no known upper one.

    As a float it is the middle of their logarithms, the known end, or NaN where neither is known.
    """

    low: float
    high: float
    is_dithered: bool
    """Whether the ends were drawn: the error is then uniform between them, and independent of the
    quantity (Schuchman, IEEE Trans. Communication Technology 12, 1964). Otherwise it may be the
    same in every observation."""
    variance: float
    """Of that error, on logarithms: of a uniform one, width^2 / 12; of a ratio, the sum of both."""

    def __new__(
        cls, low: float, high: float, *, is_dithered: bool = True, variance: float | None = None
    ) -> "Bracket":
        if low > 0:
            middle = low if math.isinf(high) else math.sqrt(low * high)
        else:
            middle = math.nan if math.isinf(high) else high
        found = super().__new__(cls, middle)
        found.low, found.high, found.is_dithered = low, high, is_dithered
        found.variance = found.width**2 / 12 if variance is None else variance
        return found

    @property
    def is_closed(self) -> bool:
        """Whether both ends are known."""
        return self.low > 0 and not math.isinf(self.high)

    @property
    def width(self) -> float:
        """Of the logarithms; 0 where an end is not known."""
        return math.log(self.high / self.low) if self.is_closed else 0.0

    @property
    def bound(self) -> Bound | None:
        """What the float is; None for the middle of two ends, and where neither is known."""
        if self.is_closed or math.isnan(self):
            return None
        return "at_least" if self.low > 0 else "at_most"

    def __truediv__(self, other: float) -> "Bracket":
        """The ratio, between the smallest and the largest that both allow."""
        by = other if isinstance(other, Bracket) else exact(other)
        return Bracket(
            0.0 if math.isinf(by.high) else self.low / by.high,
            math.inf if by.low == 0 else self.high / by.low,
            is_dithered=self.is_dithered and by.is_dithered,
            variance=self.variance + by.variance,
        )

    def __rtruediv__(self, other: float) -> "Bracket":
        return exact(other) / self


def exact(value: float) -> Bracket:
    """A value without an error of its own; a bracket stays as it is."""
    return value if isinstance(value, Bracket) else Bracket(value, value)


def least_variance(values: Sequence[float]) -> float:
    """Variance that one of these observations has at least, on logarithms: the mean of what drawn
    brackets add. Between few rates of a ladder, the observed variance may be 0."""
    drawn = (v.variance for v in values if isinstance(v, Bracket) and v.is_dithered)
    return math.fsum(drawn) / len(values) if values else 0.0


def common_error(values: Sequence[float]) -> float:
    """Largest error, on logarithms, that may be the same in all of these observations: half the
    mean width of the brackets that were not drawn."""
    fixed = (v.width for v in values if isinstance(v, Bracket) and not v.is_dithered)
    return math.fsum(fixed) / 2 / len(values) if values else 0.0


def bound_of_mean(values: Sequence[float]) -> Bound | None:
    """What the mean of these observations is, where some are bounds; None where none is.

    Raises ValueError where it bounds nothing.
    """
    bounds = {v.bound for v in values if isinstance(v, Bracket)} - {None}
    if len(bounds) > 1 or any(math.isnan(value) for value in values):
        raise ValueError("a mean of lower and upper bounds is neither")
    return bounds.pop() if bounds else None
