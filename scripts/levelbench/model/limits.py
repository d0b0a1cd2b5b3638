"""Limits of verdicts and of checks, as levelbench.toml has them."""

from typing import Annotated

from pydantic import Field, model_validator

from levelbench.model.toml import FileModel, Positive, Seconds, Share


class Statistics(FileModel):
    """The limits of verdicts over trials (docs/statistics.md)."""

    tie_threshold: Annotated[float, Field(ge=0, lt=1)]
    """Ratios within 1 / (1 + this) and 1 + this are a tie, however precise the measurement is.
    Reasoned: too small a difference to choose a framework by (docs/statistics.md, The tie)."""
    control_limit: Share
    """A run with an A/A interval beyond 1 / (1 + this) or 1 + this is not publishable; if the
    interval also excludes 1, the run has no ranks. Reasoned: such a run hides differences
    that readers would act on."""
    looks: tuple[Positive, ...] = (8, 11, 15, 20, 30)
    """Numbers of blocks after which a run with a precision target may end. Simulated: coverage
    stays 95% where only widths decide (docs/statistics.md)."""
    outlier_deviations: Annotated[float, Field(gt=0)]
    """Robust standard deviations from the median beyond which a machine's speed is an outlier. 3 is
    the most conservative value that Leys et al. recommend (J. Exp. Soc. Psychol. 49, 2013)."""
    verdict_blocks_min: Positive = 5
    """Blocks that two contestants must have in common for a verdict. Runs that recorded no such
    limit are judged by it too, like by the next two. Reasoned: with 3 blocks the quantile of t for
    one of six pairs is 11; with 5 it is 4.9."""
    precise_limit: Share = 0.10
    """Half-width, relative to the ratio, of an interval that includes 1. Beyond it the report says
    that the measurement is not precise enough, not that it detects no difference. Reasoned: readers
    would act on a difference of 10%."""
    publishable_blocks_share_min: Share = 0.8
    """Share of its planned blocks in which each ranked contestant needs a value for the run to be
    publishable, and no fewer than `verdict_blocks_min`. Reasoned: what disturbed more than a fifth
    of the blocks probably reached the others too."""
    valid_blocks_share_min: Share = 0.5
    """The same for the run to be valid. Reasoned: below it, more was discarded than kept."""

    @model_validator(mode="after")
    def _looks_ascend(self) -> "Statistics":
        if not self.looks or list(self.looks) != sorted(set(self.looks)):
            raise ValueError("looks must be numbers of blocks in ascending order")
        return self


class Limits(FileModel):
    """Limits of the checks: beyond them a trial does not count, or carries a warning."""

    attempts: Positive
    """How often a trial is run that the lab itself invalidates. Reasoned: what disturbed one trial
    is mostly gone by the next; what disturbs two in a row stays."""
    vus_busy_share_min: Share
    """Share of their time between two answers that users wait for the server. Reasoned: users that
    idle for more than this cost more throughput than a tie is wide."""
    error_rate_max: Share
    """Share of wrong answers. Reasoned: well below the tie threshold, so that failing fast shows in
    no verdict."""
    others_cpu_share_max: Share
    """CPU time that another contestant of the block may use within a window, as a share of what the
    contestant's cores have in it. Measured: 0.2% by an idle contestant and its worker, 1 to 5%
    where its requests overlapped. Reasoned: half of what a tie is wide."""
    throttled_share_max: Share
    """Share of a window's time that a container was throttled: kept from running for lack of quota.
    Not a share of the scheduler's periods: a contestant that uses its whole core reaches the end of
    core and quota at the same moment. Measured: throttled in up to 10% of the periods, for 0.12% of
    the time, and 1.0% on a disturbed machine. The limit is as wide as a tie, for all contestants
    alike."""
    foreign_share_max: Share
    """Share of the contestant's core that programs outside the lab used. Measured: at most 1.3% on
    a machine that ran nothing else, 50% and more with another busy program."""
    foreign_beside_share_max: Share
    """The same for the cores of PostgreSQL and the load generator. It includes what runs the lab:
    its own process and the engine. Measured: 3.0 to 3.7% of one core that all share. It applies
    to all contestants alike, including those that used up their own core."""
    stolen_share_max: Share
    """Share of the contestant's core that the host of a virtual machine took. Reasoned: as
    `foreign_share_max`, since it costs the contestant the same."""
    generator_cpu_share_max: Share
    """Share of its cores that the load generator may use. Reasoned: at 70% of capacity an answer
    spends 3.3 service times in an M/M/1 queue, and more than 10 at 90%."""
    core_busy_share_max: Share
    """Share of a core from which on it counts as used up. Reasoned: counters are interpolated at
    the window's ends, so that a core in full use reads as 97 to 100%."""
    generator_lag_p99_ms_max: Annotated[float, Field(gt=0)]
    """How late an open load may send what is due. Reasoned: 5% of the usual objective, 200 ms."""
    burst_share_max: Share
    """A late load generator sends everything that is due at once. Share of the users that such a
    burst occupies, from which on it may explain dropped iterations; smaller bursts do not, and the
    contestant's slow answers do. Reasoned: half of the users."""
    counter_excess_max: Share
    """Share of a window's CPU time by which a container's counters may exceed what its cores have.
    Measured: at most 99.1% of a core in 43 trials; the rest is margin for samples that a busy
    machine takes late, 0.25 s in 5 s."""
    clock_step_ms_max: Annotated[float, Field(gt=0)]
    """How far wall time may move against monotonic time between two neighbouring readings, a
    quarter of a second apart. Reasoned: 0.2% of the shortest slice, a tenth of a tie. Slewing stays
    far below: at most 500 ppm, which is 0.1 ms between two readings, however long a trial is."""
    littles_law_error_max: Share
    """How far users may be from throughput x (response + think time), within a step of a session.
    Both are cut at the window's edges: what is missing are users that the load generator wakes
    late, or not at all. As wide as a tie."""
    rate_excess_max: Share
    """By how much the requests in a part of a disturbed load may exceed what was due in it. As wide
    as a tie."""
    drain_timeout_s: Seconds
    """How long a worker may finish no task, after the load, before the rest counts as lost.
    Reasoned: twice the 30 s after which Redis hands out the task of a killed worker again."""
    ready_timeout_s: Seconds
    """How long a container may take to become ready. Reasoned: many times the cold start of any
    contestant, on a machine that does nothing else."""
    prepare_timeout_s: Seconds
    """How long registering or logging in the load's users may take. Measured: 100 hashes on one
    core take 2 to 5 s; the rest is margin for a busy machine."""
    generator_exit_timeout_s: Seconds
    """How long the load generator may run after its last window: its graceful stop (30 s), then its
    summary."""
    counters_timeout_s: Seconds
    """How long one round of counter readings may take. Reasoned: six readings through the engine's
    API, each given up after 5 s."""
