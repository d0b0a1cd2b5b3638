"""What a person sees while the lab works: a live display at a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
)
from rich.text import Text

from levelbench.model.trial import TrialRecord

OVERHEAD_S = 8.0
"""What a trial takes beside its load, as a first guess; replaced by what is measured."""


def clock_text(seconds: float) -> str:
    """`m:ss`, or `h:mm:ss` from an hour on."""
    minutes, second = divmod(int(seconds + 0.5), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


class ClockColumn(ProgressColumn):
    """Elapsed and remaining time of the whole run, drawn anew at each refresh."""

    def __init__(self, text: Callable[[], str]) -> None:
        super().__init__()
        self._text = text

    def render(self, task: Task) -> Text:
        return Text(self._text())


class Display:
    """Elapsed and remaining time, what is running, and the last figures."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._start = time.monotonic()
        self._loads_s: list[float] = []
        self._done = 0
        self._overheads_s: list[float] = []
        self._trial_start = self._start
        self._live = Progress(
            SpinnerColumn(),
            ClockColumn(self._clock),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._live.add_task("starting", total=None)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self._start

    def remaining_s(self) -> float | None:
        """Seconds to go, from what trials have taken so far; None before the plan is known."""
        if not self._loads_s:
            return None
        known = self._overheads_s
        overhead_s = sum(known) / len(known) if known else OVERHEAD_S
        left = self._loads_s[self._done :]
        current = time.monotonic() - self._trial_start if left else 0.0
        return max(0.0, sum(left) + overhead_s * len(left) - current)

    def say(self, message: str) -> None:
        """A step worth a line of its own."""
        self.console.print(f"[dim]{clock_text(self.elapsed_s):>7}[/]  {message}", highlight=False)
        self._show(message)

    def step(self, message: str) -> None:
        """A step within one: shown at a terminal as long as it takes."""
        self._show(message)

    def detail(self, line: str) -> None:
        """A line of another program's output."""
        self.console.print(f"         | {line}", style="dim", markup=False, highlight=False)

    def plan(self, loads_s: Sequence[float]) -> None:
        """The trials begin: each with so many seconds of load."""
        self._loads_s, self._trial_start = list(loads_s), time.monotonic()
        self._live.update(self._task, total=len(loads_s))

    def trial(self, label: str, phase: str) -> None:
        """A phase of the current trial begins."""
        self._show(f"{label}: {phase}")

    @contextmanager
    def measuring(self, numbers: Sequence[int]) -> Iterator[None]:
        """Around the trials of these numbers, from 1 on, which run together."""
        self._trial_start, self._done = time.monotonic(), numbers[0] - 1
        yield
        spent_s = time.monotonic() - self._trial_start
        overhead_s = spent_s - sum(self._loads_s[number - 1] for number in numbers)
        self._overheads_s += [overhead_s / len(numbers)] * len(numbers)

    def trial_done(self, trial: TrialRecord) -> None:
        """A line for one finished trial."""
        self._done = trial.number
        figures = "no figures"
        if trial.capacity_rps is not None:
            figures = f"{trial.capacity_rps:7.0f} requests/s held"
        elif trial.window and trial.window.throughput_rps is not None:
            figures = f"{trial.window.throughput_rps:7.1f} requests/s"
            if trial.window.latency.p95_ms is not None:
                figures += f"  p95 {trial.window.latency.p95_ms:6.0f} ms"
            figures += f"  errors {trial.window.errors}"
        elif trial.window:  # several windows have no rate together
            figures = f"{trial.window.requests:7,} requests    errors {trial.window.errors}"
        remaining = self.remaining_s()
        left = f"  {clock_text(remaining)} left" if remaining else ""
        trials = len(self._loads_s)
        width = len(str(trials))
        which = f"{trial.workload:<9} {trial.label:<18}"
        self.say(f"trial {trial.number:>{width}}/{trials}  {which} {figures}{left}")
        for finding in trial.findings:
            if finding.severity == "error":  # the report has the warnings, gathered
                self.console.print(
                    f"         [red]{finding.code}[/]: {escape(finding.cause)}", highlight=False
                )
        self._live.update(self._task, completed=self._done)

    def _show(self, description: str) -> None:
        self._live.update(self._task, description=description)

    def _clock(self) -> str:
        remaining = self.remaining_s()
        left = "" if remaining is None else f" / {clock_text(remaining)} left"
        return clock_text(self.elapsed_s) + left
