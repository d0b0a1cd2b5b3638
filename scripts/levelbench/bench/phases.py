"""Duration of each phase of a trial."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from levelbench.model.trial import Phase


@dataclass
class Clock:
    """Seconds that each phase took; announces each phase as it begins."""

    say: Callable[[Phase], None]
    spent_s: dict[Phase, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: Phase) -> Iterator[None]:
        self.say(name)
        start = time.monotonic()
        try:
            yield
        finally:
            self.spent_s[name] = round(time.monotonic() - start, 3)

    def share(self, trials: int) -> dict[Phase, float]:
        """Each trial's share of what they took together."""
        return {name: round(spent_s / trials, 3) for name, spent_s in self.spent_s.items()}
