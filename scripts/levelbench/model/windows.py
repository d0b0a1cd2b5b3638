"""The measured windows of a trial: one for a mix (or for all steps of a ladder together), one for
each endpoint that is alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from levelbench.model import workloads
from levelbench.model.measurement import Step, UserStep
from levelbench.model.trial import ContainerUse, CoreUse, TrialRecord
from levelbench.model.vocabulary import Container, Endpoint


@dataclass(frozen=True)
class MeasuredWindow:
    """A measured window as the checks read it, of a mix or of one endpoint."""

    endpoint: Endpoint | None
    """None: all endpoints are mixed in it."""
    seconds: float
    requests: int
    errors: int
    """Without those of a ladder's last step: they may be what ended it."""
    vus_busy_share: float | None
    halves: tuple[float, float] | None
    saturates: bool
    """Whether its load saturates the contestant."""
    disturbances: int
    """Answers to another endpoint's requests."""
    uses: dict[Container, ContainerUse]
    cores: dict[str, CoreUse]
    """By cpuset."""
    others: dict[str, float | None]
    """Label of another contestant that was up -> the CPU time that it used within this window, as a
    share of what the contestant's cores have; None where it was not read."""

    @property
    def named(self) -> str:
        """Begins a cause: which endpoint's window it is about, if there are several."""
        return f"{self.endpoint} alone: " if self.endpoint else ""


def _last_step(trial: TrialRecord) -> Sequence[Step | UserStep]:
    return trial.steps[-1:] or trial.user_steps[-1:]


def of(trial: TrialRecord) -> tuple[MeasuredWindow, ...]:
    """Every measured window of a trial, in their order; none if it came to no load."""
    if trial.isolates_endpoints:
        return tuple(
            MeasuredWindow(
                endpoint=endpoint,
                seconds=window.seconds,
                requests=window.requests,
                errors=window.errors,
                vus_busy_share=window.vus_busy_share,
                halves=window.halves,
                saturates=workloads.of(trial.workload).saturates,
                disturbances=window.disturbances or 0,
                uses=trial.endpoint_resources.get(endpoint, {}),
                cores=trial.endpoint_cores.get(endpoint, {}),
                others={},
            )
            for endpoint, window in trial.endpoints.items()
            if window.seconds is not None
        )
    if trial.window is None:
        return ()
    return (
        MeasuredWindow(
            endpoint=None,
            seconds=trial.window.seconds,
            requests=trial.window.requests,
            errors=trial.window.errors - sum(step.errors for step in _last_step(trial)),
            vus_busy_share=trial.window.vus_busy_share,
            halves=trial.window.halves,
            saturates=workloads.of(trial.workload).saturates,
            disturbances=trial.window.disturbances or 0,
            uses=trial.resources,
            cores=trial.cores,
            others=trial.others_cpu_share,
        ),
    )
