"""Progress in the terminal: a live display where there is one, plain lines elsewhere."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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

from levelbench.model.run import Phase, PhaseName
from levelbench.model.trial import TrialRecord

OVERHEAD_S = 8.0
"""What a trial takes in addition to its load: a first guess, replaced by what is measured."""

MIN_WIDTH = 20
"""Columns that text is wrapped to at least."""


def clock_text(seconds: float) -> str:
    """`m:ss`, or `h:mm:ss` from an hour on."""
    minutes, second = divmod(int(seconds + 0.5), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


def hanging(first: Text, text: Text, width: int, indent: int) -> Text:
    """`first` and `text`, wrapped by words to `width` columns; further lines are indented."""
    lines = text.wrap(Console(), max(width - max(indent, first.cell_len), MIN_WIDTH))
    for line in lines:
        line.rstrip()
    return first + Text("\n" + " " * indent).join(lines)


def figures_text(trial: TrialRecord) -> str:
    """Main metrics of a finished trial, in a few words."""
    window = trial.window
    if trial.capacity_rps is not None:
        return f"{trial.capacity_rps:.0f} req/s within the objective"
    if trial.users_held is not None:
        return f"{trial.users_held:,} users within the objective"
    if window is None:
        return "no results"
    if trial.disturbed:
        during, recovery = trial.disturbed.others["during"], trial.disturbed.recovery
        more = "" if None not in trial.disturbed.recovered_s else "more than "
        sent = f"{during.answered:,} of {during.due:,} answered while disturbed"
        return f"{sent}, back after {more}{recovery:.0f} s"
    errors = f"{window.errors:,} errors" if window.errors else ""
    if window.throughput_rps is None:  # several windows have no rate together
        return ", ".join(filter(None, (f"{window.requests:,} requests", errors)))
    p95_ms = window.latency.p95_ms
    p95 = "" if p95_ms is None else f"p95 {p95_ms:.0f} ms"
    rate = window.throughput_rps
    return ", ".join(filter(None, (f"{rate:.{0 if rate >= 100 else 1}f} req/s", p95, errors)))


def error_texts(trial: TrialRecord) -> dict[str, str]:
    """Error code -> its first cause and the number of others; the report has the warnings."""
    errors = [finding for finding in trial.findings if finding.severity == "error"]
    counts = Counter(finding.code for finding in errors)
    first = {finding.code: finding.cause for finding in reversed(errors)}
    return {
        code: first[code] + (f" (and {count - 1} more)" if count > 1 else "")
        for code, count in counts.items()
    }


def _breakdown(phases: Iterable[Phase]) -> str:
    shown = [phase for phase in phases if phase.seconds >= 1]
    parts = ", ".join(f"{phase.name} {clock_text(phase.seconds)}" for phase in shown)
    return f"{clock_text(sum(phase.seconds for phase in shown))} ({parts})"


class ClockColumn(ProgressColumn):
    """Elapsed and remaining time of the whole run, rendered at each refresh."""

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
        self._loads_s: dict[int, float] = {}
        self._at_most = False
        self._done = self._total = 0
        self.doing = "starting"
        """What is being done, as it is shown."""
        self.under_way: Sequence[int] = ()
        """Numbers of the trials that are being measured."""
        self._overheads_s: list[float] = []
        self._trial_start = self._start
        self._expected: dict[PhaseName, Phase] = {}
        """Phases of the forecast that are not over."""
        self.phases: list[Phase] = []
        """Those that are over, in their order."""
        self._phase_start = self._start
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

    def remaining_s(self, until: int | None = None) -> float | None:
        """Estimated seconds left, to the end or to that of a trial, from what trials took so far;
        or from the forecast of the phases before the plan is known; None without one."""
        if not self._loads_s:
            return self._expected_left_s()
        known = self._overheads_s
        overhead_s = sum(known) / len(known) if known else OVERHEAD_S
        left = [
            load_s
            for number, load_s in self._loads_s.items()
            if self._done < number and (until is None or number <= until)
        ]
        current = time.monotonic() - self._trial_start if left else 0.0
        return max(0.0, sum(left) + overhead_s * len(left) - current)

    def _expected_left_s(self) -> float | None:
        if not self._expected:
            return None
        current, *later = (phase.seconds for phase in self._expected.values())
        spent_s = time.monotonic() - self._phase_start
        return max(0.0, current - spent_s) + sum(later)

    def expect(self, forecast: Iterable[Phase]) -> None:
        """Print what will happen and how long each phase takes, in their order."""
        self._expected = {phase.name: phase for phase in forecast if phase.seconds}
        if self._expected:
            self.say(f"expected: {_breakdown(self._expected.values())}")

    @contextmanager
    def phase(self, name: PhaseName) -> Iterator[None]:
        """Measure how long a phase takes, which has as many units as the forecast says."""
        self._phase_start = time.monotonic()
        try:
            yield
        finally:
            seconds = round(time.monotonic() - self._phase_start, 1)
            expected = self._expected.pop(name, None)
            units = expected.units if expected else 0
            self.phases.append(Phase(name=name, seconds=seconds, units=units))
            self._phase_start = time.monotonic()

    def breakdown(self) -> None:
        """Print how long each phase took."""
        if self.phases:
            self.say(f"took: {_breakdown(self.phases)}")

    def say(self, message: str) -> None:
        """Print a step, in Rich's markup, on a line of its own."""
        text = Text.from_markup(message)
        self._print(f"{clock_text(self.elapsed_s):>7}  ", text)
        self._show(text.plain)

    def step(self, message: str) -> None:
        """Show a step within one, at a terminal, as long as it takes."""
        self._show(message)

    def detail(self, line: str) -> None:
        """Print a line of another program's output, which is not wrapped."""
        self.console.print(f"         | {line}", style="dim", markup=False, highlight=False)

    def plan(self, loads_s: Mapping[int, float], *, at_most: bool = False) -> None:
        """Start the count of trials: the number of each, counted from 1, and its seconds of load.

        `at_most`: some of them may not be needed.
        """
        self._loads_s, self._at_most = dict(loads_s), at_most
        self._trial_start, self._total = time.monotonic(), max(loads_s)
        self._live.update(self._task, total=self._total)

    def skip(self, numbers: Iterable[int]) -> None:
        """Count trials that are not needed no longer."""
        for number in numbers:
            self._loads_s.pop(number, None)

    def trial(self, label: str, phase: str) -> None:
        """Show the phase that the current trial begins."""
        self._show(f"{label}: {phase}")

    @contextmanager
    def measuring(self, numbers: Sequence[int]) -> Iterator[None]:
        """Measure how long the trials of these numbers take together."""
        self._trial_start, self._done = time.monotonic(), numbers[0] - 1
        self.under_way = numbers
        try:
            yield
        finally:
            self.under_way = ()
        now_s = time.monotonic()
        spent_s, self._trial_start = now_s - self._trial_start, now_s
        overhead_s = spent_s - sum(self._loads_s[number] for number in numbers)
        self._overheads_s += [overhead_s / len(numbers)] * len(numbers)

    def trial_done(self, trial: TrialRecord) -> None:
        """Print a line for a finished trial, and one for each distinct error code of it."""
        self._done = trial.number
        remaining, trials = self.remaining_s(), self._total
        left = f", {self._left(remaining)}" if remaining and round(remaining) else ""
        which = f"{trial.number:>{len(str(trials))}}/{trials} {trial.workload} {trial.label}"
        self.say(escape(f"trial {which}: {figures_text(trial)}{left}"))
        for code, cause in error_texts(trial).items():
            self._print("         ", Text.assemble((code, "red"), f": {cause}"))
        self._live.update(self._task, completed=self._done)

    def _print(self, first: str, text: Text) -> None:
        start = Text(first, style="dim")
        lines = hanging(start, text, self.console.width, indent=len(first))
        self.console.print(lines, highlight=False)

    def _show(self, description: str) -> None:
        self.doing = description
        self._live.update(self._task, description=escape(description))

    def _clock(self) -> str:
        remaining = self.remaining_s()
        left = "" if remaining is None else f" / {self._left(remaining)}"
        return clock_text(self.elapsed_s) + left

    def _left(self, remaining_s: float) -> str:
        return ("at most " if self._at_most else "") + f"{clock_text(remaining_s)} left"
