"""The starts of a count: two contestants at a time, each with servers of its own."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass

from rich.markup import escape

from levelbench import interruption
from levelbench.bench.count import start
from levelbench.bench.run import OngoingRun
from levelbench.errors import LabError
from levelbench.lab import images, prepare
from levelbench.lab.dataset import Rows
from levelbench.lab.lab import Contestant, Lab
from levelbench.lab.site import EngineGoneError
from levelbench.model.count import (
    FOLDER,
    PACKAGES_FOLDER,
    Counting,
    CountRecord,
    load_counts,
    load_packages,
)
from levelbench.model.files import save
from levelbench.progress import Display, clock_text

TOGETHER = 2
"""Contestants that are counted at the same time."""
BY_PACKAGE = -1
"""In place of a hash seed: the start that counts by package."""


class _StoppedError(LabError):
    """The run was interrupted."""


@dataclass(frozen=True)
class _Job:
    contestant: Contestant
    image: str
    """Id of the image that make bench would measure."""
    seeds: tuple[int, ...]


class Starts:
    """The starts that a run's plan has and its folder does not."""

    def __init__(self, labs: Sequence[Lab], run: OngoingRun, rows: Rows, display: Display) -> None:
        plan = run.record.counting
        assert plan is not None
        self._labs, self._run, self._rows, self._display = labs, run, rows, display
        self._plan: Counting = plan
        self._jobs: deque[_Job] = deque()
        self._total = self._done = 0
        self._stopped, self._lock = threading.Event(), threading.Lock()

    def count(self, contestants: Sequence[Contestant]) -> None:
        """Count them; one that cannot be counted is left out with the reason. Raises LabError."""
        self._list_missing(contestants)
        number = sum(n * self._plan.dumps_of(name) for name, n in self._plan.requests.items())
        self._display.say(
            f"counting {self._total} starts, {len(self._labs)} at a time: each warms up and runs "
            f"{number} counted requests"
        )
        self._begun_s = time.monotonic()
        with ThreadPoolExecutor(len(self._labs)) as threads:
            self._wait([threads.submit(self._work, lab) for lab in self._labs])

    def _list_missing(self, contestants: Sequence[Contestant]) -> None:
        """The last contestant's starts are split between the threads, so that none waits for
        another one. Of two each has a thread: their starts with one seed run together."""
        done = {(count.service, count.seed) for count in load_counts(self._run.folder)}
        done |= {(count.service, BY_PACKAGE) for count in load_packages(self._run.folder)}
        starts = (*self._plan.seeds, *([BY_PACKAGE] if self._plan.packages else []))
        missing = {
            one.name: tuple(seed for seed in starts if (one.name, seed) not in done)
            for one in contestants
        }
        left = [one for one in contestants if missing[one.name]]
        engine = self._labs[0].engine
        split = left[-1] if left and len(left) != TOGETHER else None
        for contestant in left:
            identity = engine.image(contestant.image)
            image = images.build_instrumented(engine, contestant.image, "count", self._display.say)
            counted = Contestant(contestant.service, image)
            seeds, threads = missing[contestant.name], TOGETHER if contestant is split else 1
            for part in filter(None, (seeds[own::threads] for own in range(threads))):
                self._jobs.append(_Job(counted, identity.id if identity else "", part))
                self._total += len(part)

    def _wait(self, futures: Sequence[Future[None]]) -> None:
        """Wait for the threads; on an interruption, remove what they wait for. What one of them
        starts at the same moment cannot be removed: it goes at the end of the run."""
        try:
            wait(futures)
        except KeyboardInterrupt:
            self._stopped.set()
            with interruption.ignored():
                for lab in self._labs:
                    with suppress(LabError):
                        lab.down()
            raise
        for future in futures:
            future.result()

    def _work(self, lab: Lab) -> None:
        templates: dict[str, str] = {}
        try:
            lab.start()
            while not self._stopped.is_set():
                try:
                    job = self._jobs.popleft()
                except IndexError:
                    return
                self._count(lab, job, templates)
        except LabError:
            if not self._stopped.is_set():
                raise

    def _count(self, lab: Lab, job: _Job, templates: dict[str, str]) -> None:
        """`templates`: contestant -> its database among these servers, once it is prepared. One
        thread may get both parts of a contestant that is split."""
        name = job.contestant.name

        def say(what: str) -> None:
            if self._stopped.is_set():
                raise _StoppedError("interrupted")
            self._display.step(f"{name}: {what}")

        try:
            if name not in templates:
                say("preparing its database")
                template = prepare.prepare_database(lab, job.contestant, self._rows)
                lab.database.freeze(template)
                templates[name] = template
            template = templates[name]
            for seed in job.seeds:
                if seed == BY_PACKAGE:
                    say("starting to count by package")
                    self._by_package(lab, job, template, say)
                else:
                    say(f"starting with hash seed {seed}")
                    found = start.count(
                        lab, job.contestant, template, job.image, self._plan, seed, say
                    )
                    self._keep(found)
        except LabError as error:
            if self._ends(error):
                raise
            failure = lab.secrets.redact(f"its instructions could not be counted: {error}")
            with self._lock:
                self._display.say(f"[red]{name} is left out[/]: {escape(failure)}")
                self._run.left_out(name, failure)

    def _by_package(self, lab: Lab, job: _Job, template: str, say: Callable[[str], None]) -> None:
        """Without this start layers are those of shared objects."""
        name, plan = job.contestant.name, self._plan
        try:
            found = start.count_packages(
                lab, job.contestant, template, job.image, plan, plan.seeds[0], say
            )
        except LabError as error:
            if self._ends(error):
                raise
            failure = escape(lab.secrets.redact(str(error)))
            self._display.say(f"{name} could not be counted by package: {failure}")
        else:
            save(self._run.folder / PACKAGES_FOLDER / found.file_name, found)
            self._display.say(f"{self._counted()} {name}, by package{self._left}")

    def _ends(self, error: LabError) -> bool:
        """Whether an error ends the run, and not only the count of one contestant."""
        return self._stopped.is_set() or isinstance(error, EngineGoneError)

    def _keep(self, found: CountRecord) -> None:
        save(self._run.folder / FOLDER / found.file_name, found)
        shown = ", ".join(
            f"{endpoint} {min(d.instructions / d.requests for d in dumps) / 1e6:.2f}"
            for endpoint, dumps in found.endpoints.items()
        )
        which = f"{self._counted()} {found.service}, hash seed {found.seed}"
        self._display.say(escape(f"{which}: {shown} million{self._left}"))

    def _counted(self) -> str:
        """`3/16`, after one more start."""
        with self._lock:
            self._done += 1
            return f"{self._done}/{self._total}"

    @property
    def _left(self) -> str:
        """`, 3:20 left`, from what the starts took so far."""
        if not self._done or self._done == self._total:
            return ""
        spent_s = time.monotonic() - self._begun_s
        return f", {clock_text(spent_s * (self._total - self._done) / self._done)} left"
