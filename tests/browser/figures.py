"""Numbers as the page shows them, compared with what stands in results.json."""

import re
from dataclasses import dataclass
from typing import Any

NUMBER = re.compile(r"[-+\u2212]?\d[\d,]*(?:\.\d+)?")
DIGITS = 3
"""Significant digits that the page shows at most."""


@dataclass(frozen=True)
class Shown:
    """A number as it is shown."""

    text: str

    @property
    def value(self) -> float:
        return float(self.text.replace(",", "").replace("\u2212", "-"))

    @property
    def rounding(self) -> float:
        """By how much rounding may have moved it."""
        whole, _, decimals = self.text.lstrip("+-\u2212").replace(",", "").partition(".")
        beyond = len(whole) - DIGITS if whole.endswith("0") else 0
        return 0.5001 * 10.0 ** (-len(decimals) if decimals else max(0, beyond))

    @property
    def digits(self) -> int:
        """Significant digits."""
        bare = self.text.lstrip("+-\u2212").replace(",", "")
        return len(bare.replace(".", "").lstrip("0").rstrip("0" if "." not in bare else ""))

    def is_of(self, value: float) -> bool:
        return abs(self.value - value) <= self.rounding + 1e-9 * abs(value)


def numbers(text: str) -> list[Shown]:
    return [Shown(found) for found in NUMBER.findall(text)]


@dataclass(frozen=True)
class Known:
    """A value of results.json with its interval, in the unit in which it is shown."""

    value: float | None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, found: Any) -> "Known":
        """A plain number, or an estimate."""
        if not isinstance(found, dict):
            return cls(found)
        bounds = found.get("confidence_interval") or {}
        return cls(found["value"], bounds.get("low"), bounds.get("high"))

    def times(self, factor: float) -> "Known":
        return Known(
            *(None if n is None else n * factor for n in (self.value, self.low, self.high))
        )

    def as_change(self, *, inverse: bool) -> "Known":
        """A ratio, or its inverse, as percent of change."""
        ends = (self.high, self.low) if inverse else (self.low, self.high)

        def percent(ratio: float | None) -> float | None:
            return None if ratio is None else 100 * ((1 / ratio if inverse else ratio) - 1)

        return Known(percent(self.value), *map(percent, ends))
