"""k6 summary documents of sessions (k6/lib/session_summary.js): users with think time."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Annotated, Literal

from pydantic import Field, model_validator

from levelbench.load.document import (
    Answered,
    Document,
    Settings,
    TimeCounter,
    require_all,
    require_sum,
)
from levelbench.load.summary import Answers, Bounds, K6Error, Summary
from levelbench.model.base import Amount, Count, Model
from levelbench.model.loads import Visit
from levelbench.model.measurement import LatencySummary, UserStep, Window

Users = Annotated[int, Field(gt=0)]


class SessionSettings(Settings):
    """With the numbers of users, their limits, and what a user does."""

    steps_users: Annotated[tuple[Users, ...], Field(min_length=1)]
    pause_s: Count
    """After each step, in which users continue."""
    objective_ms: Amount
    error_rate_max: Amount
    visit: Visit


class UserCut(Answered):
    """One number of users: the requests that were completed within its window."""

    users: Users
    window: Bounds
    think_ms: TimeCounter
    """Of all users, within the window."""
    busy_ms: TimeCounter
    """That they waited for answers, within the window."""

    def step(self, seconds: int) -> UserStep:
        """The step with its times per request."""
        requests = self.requests.count
        return UserStep(
            users=self.users,
            seconds=seconds,
            requests=requests,
            errors=self.errors.count,
            throughput_rps=requests / seconds,
            latency=self.latency.latency(),
            response_ms=self.busy_ms.count / requests if requests else None,
            think_ms=self.think_ms.count / requests if requests else None,
        )


class SessionPhases(Model):
    """Over all steps."""

    warmup: Answered
    measure: Answered
    cooldown: Answered


class SessionDocument(Document):
    """workloads/session.js: the number of users rises until a step exceeds a limit."""

    workload: Literal["session"]
    settings: SessionSettings
    phases: SessionPhases
    polls: Answers
    steps: Annotated[tuple[UserCut, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _parts_add_up(self) -> "SessionDocument":
        settings, phases, steps = self.settings, self.phases, self.steps
        require_sum(phases.measure.requests.count, "steps", steps)
        require_all(self.answers)
        counts = (part.requests.count for part in (phases.warmup, phases.measure, phases.cooldown))
        answers = sum(each.requests for each in (*self.answers.values(), self.polls))
        if (sent := sum(counts)) != answers:
            raise ValueError(f"answers hold {answers} of the load's {sent} requests")
        if tuple(step.users for step in steps) != settings.steps_users[: len(steps)]:
            raise ValueError(f"steps are not the first {len(steps)} of settings.steps_users")
        for step in steps:
            if step.window.end_epoch_ms - step.window.start_epoch_ms != 1000 * settings.measure_s:
                raise ValueError(f"the window of {step.users} users is not {settings.measure_s} s")
        return self

    def summary(self) -> Summary:
        """The steps that were reached. Together they have a number of requests and of errors, and
        no rate or latency: these would be of a mix of numbers of users.

        Raises K6Error for a ladder that ended before its last step though every step held.
        """
        settings, measure = self.settings, self.phases.measure
        steps = tuple(cut.step(settings.measure_s) for cut in self.steps)
        most = users_held(steps, settings.objective_ms, settings.error_rate_max)
        if most == steps[-1].users and len(steps) < len(settings.steps_users):
            raise K6Error(
                f"k6 stopped the ladder after {most} users, although every step held",
                "Read k6's log in the trial's folder for the cause.",
            )
        return Summary(
            **self.common(),
            warmup_s=settings.warmup_s,
            window=Window(
                seconds=settings.measure_s * len(steps),
                requests=measure.requests.count,
                errors=measure.errors.count,
                throughput_rps=None,
                latency=LatencySummary(count=measure.latency.count),
            ),
            user_steps=steps,
            users_held=most,
            step_bounds=tuple(cut.window for cut in self.steps),
            polls=self.polls,
        )


def users_held(steps: Sequence[UserStep], objective_ms: float, error_rate_max: float) -> int | None:
    """The most users of a ladder that met the objective, with all below them; steps ascend.

    A step meets it with a p95 latency of at most `objective_ms` and a share of errors of at most
    `error_rate_max`, and not with too few responses for a p95. None where the first step does not.
    """

    def holds(step: UserStep) -> bool:
        p95_ms = step.latency.p95_ms
        few_errors = step.errors <= error_rate_max * step.requests
        return few_errors and p95_ms is not None and p95_ms <= objective_ms

    return max((step.users for step in takewhile(holds, steps)), default=None)
