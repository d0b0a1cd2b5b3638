"""Decision on the instructions of a contestant and of itself at another commit, as results.json
has it."""

from typing import Literal

from levelbench.model.base import Model
from levelbench.model.estimate import Estimate
from levelbench.model.vocabulary import Endpoint

State = Literal["more", "no more", "undecided"]
"""`more`: a regression. `no more`: at most `added_max` is added."""


class Change(Model):
    """Instructions per request of both sides: means over the hash seeds that both have."""

    base: float
    head: float

    @property
    def added(self) -> float:
        return self.head - self.base


class FunctionChange(Change):
    """A function in C, or at an address where its object has no names."""

    function: str
    object: str
    layer: str


class Steady(Model):
    """The same without the functions that deviate between seeds: look-ups, in which collisions
    depend on where a start happens to place its objects. It decides in place of the whole."""

    functions: tuple[str, ...]
    """Those that are excluded."""
    share: float
    """Of the base's instructions that are excluded."""
    ratio: Estimate
    """1 + what all others add, as a share of the base's instructions."""
    deviation: float
    t: float


class EndpointChange(Change):
    """Head compared with base on one endpoint: ln(head / base) of each hash seed is one value."""

    ratio: Estimate
    """Geometric mean of head / base over seeds. The intervals of all endpoints are right at once
    with 95% confidence (Bonferroni)."""
    seeds: int
    deviation: float
    """Standard deviation of ln(head / base) between seeds."""
    t: float
    """Mean of ln(head / base) over its standard error, with a deviation of `deviation_min` at
    least."""
    t_min: float
    """A larger t, and a ratio above 1 + `regression_min`, are a regression."""
    steady: Steady | None = None
    """None where the whole deviates little, or too much of it deviates."""
    state: State
    layers: dict[str, Change]
    """Largest change first; they add up to the endpoint's change."""
    functions: tuple[FunctionChange, ...]
    """The ten that changed most, largest change first."""


class PairedInstructions(Model):
    head: str
    base: str
    regression_min: float
    """Smaller increases are not called a regression, however certain they are."""
    added_max: float
    """What `no more` excludes."""
    deviation_min: float
    """A smaller deviation between seeds is not believed."""
    endpoints: dict[Endpoint, EndpointChange]
    """Without those of which the two have no hash seed in common."""
    reserves: tuple[str, ...] = ()
    """Why the state cannot be `no more`, whatever the intervals are."""
    state: State
    """The worst of all endpoints."""
