"""What tests of whole runs share: runs of the quick profile on an engine in memory."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from levelbench.bench import bench as benching
from levelbench.bench import resume
from levelbench.bench.options import Options
from levelbench.bench.run import OngoingRun
from levelbench.contestants import discovery, selection, sweep
from levelbench.model.config import Config
from levelbench.progress import Display
from tests.unit.lab.memory import Container, Memory, Site

KNOWN = discovery.discover()


class Interrupting(Display):
    """A display that is interrupted when it is to show something."""

    at: Callable[[str], bool] = staticmethod(lambda text: False)

    def say(self, message: str) -> None:
        super().say(message)
        if self.at(message):
            raise KeyboardInterrupt

    def trial(self, label: str, phase: str) -> None:
        super().trial(label, phase)
        if self.at(f"{label}: {phase}"):
            raise KeyboardInterrupt


@dataclass
class Bench:
    """What a run is made with."""

    engine: Memory
    config: Config
    reports: Path
    display: Interrupting
    refreshed: int = 0
    started: list[str] = field(default_factory=list)
    """Contestants whose load was started, in order."""

    def options(
        self, names: str = "fastapi,flask", workload: str = "closed", **profile: Any
    ) -> Options:
        changes = {"blocks": 2, "slices": 1, "control": False, **profile}
        chosen = self.config.profile("quick").model_copy(update=changes)
        self.config.profiles["quick"] = chosen
        return Options(
            profile_name="quick", profile=chosen, services=selection.select(names, KNOWN),
            workload=workload, workloads={workload: chosen.blocks}, seed=7, mix="journey",
            scale=1, source="standin", reports=self.reports,
        )  # fmt: skip

    def run(self, options: Options) -> OngoingRun:
        def refresh(run: OngoingRun) -> None:
            self.refreshed += 1

        self.started.clear()
        return benching.bench(options, self.config, self.display, refresh)

    def resumed(self, run: OngoingRun) -> Options:
        run_id = run.record.run_id
        return resume.options_of(run_id, self.config, KNOWN, "standin", self.reports)

    def loading(self, change: Callable[[Site, Container], None]) -> None:
        """Let something happen as the load of a trial starts."""
        usual = self.engine.programs["workloads/closed.js"]

        def start(site: Site, container: Container) -> None:
            usual(site, container)
            change(site, container)

        self.engine.programs["workloads/closed.js"] = start

    @property
    def said(self) -> str:
        return cast(io.StringIO, self.display.console.file).getvalue()


def numbers(run: OngoingRun) -> list[tuple[int, int, str]]:
    return [(trial.number, trial.attempt, trial.status) for trial in run.trials]


def swept(bench: Bench, name: str, over: str, **profile: Any) -> Options:
    """Options of a sweep of one contestant."""
    asked = sweep.of(KNOWN[name], over, KNOWN)
    chosen = bench.options(name, **profile)
    return replace(chosen, services=sweep.line_up(asked, KNOWN), sweep=asked)
