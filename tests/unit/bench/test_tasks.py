"""What became of accepted tasks, from the times in their rows."""

import pytest

from levelbench.bench import tasks
from levelbench.bench.tasks import Task
from levelbench.load.summary import Bounds

WINDOW = Bounds(start_epoch_ms=10_000, end_epoch_ms=20_000)
TABLE = """\
status,created_epoch_ms,finished_epoch_ms
succeeded,1764036000123.456,1764036000150.500
failed,1764036000200.001,1764036000260.000
running,1764036000300.000,
"""


def done(created_ms: float, lag_ms: float, status: str = "succeeded") -> Task:
    return Task(status, created_ms, created_ms + lag_ms)


def waiting(created_ms: float, status: str = "pending") -> Task:
    return Task(status, created_ms, None)


def spread(count: int) -> list[Task]:
    """So many tasks within the window, one a millisecond, their lags 0, 1, 2 ..."""
    return [done(WINDOW.start_epoch_ms + n, n) for n in range(count)]


def test_a_table_is_read_to_the_microsecond() -> None:
    assert tasks.parse(TABLE) == [
        Task("succeeded", 1764036000123.456, 1764036000150.5),
        Task("failed", 1764036000200.001, 1764036000260.0),
        Task("running", 1764036000300.0, None),
    ]


def test_a_table_without_tasks_has_none() -> None:
    assert tasks.parse(TABLE.splitlines()[0]) == []


def test_lost_is_what_was_accepted_and_never_completed() -> None:
    found = tasks.figures(
        [done(11_000, 5), done(11_000, 5, "failed"), waiting(12_000, "running")], 3, [WINDOW]
    )
    assert (found.accepted, found.completed, found.lost) == (3, 1, 2)


def test_what_was_done_without_a_promise_makes_up_for_no_loss_below_zero() -> None:
    assert tasks.figures([done(11_000, 5), done(11_000, 5)], 1, [WINDOW]).lost == 0


def test_percentiles_are_those_of_the_lags() -> None:
    found = tasks.figures(spread(401), 401, [WINDOW])
    assert (found.lag_p50_ms, found.lag_p95_ms) == (200, 380)


@pytest.mark.parametrize(
    ("count", "known"),
    [(39, (False, False)), (40, (True, False)), (399, (True, False)), (400, (True, True))],
)
def test_a_percentile_needs_twenty_tasks_above_it(count: int, known: tuple[bool, bool]) -> None:
    found = tasks.figures(spread(count), count, [WINDOW])
    assert (found.lag_p50_ms is not None, found.lag_p95_ms is not None) == known


def test_only_tasks_accepted_within_the_window_have_a_lag_that_counts() -> None:
    """A cold worker's warm-up and what comes after the window stay out; what was accepted within it
    and finished after it is in."""
    inside = [done(10_000, 7), *(done(15_000, 7) for _ in range(38)), done(19_999, 7)]
    outside = [done(9_999, 900) for _ in range(50)] + [done(20_000, 900) for _ in range(50)]
    found = tasks.figures(outside + inside, 140, [WINDOW])
    assert found.completed == 140
    assert found.lag_p50_ms == 7
    assert tasks.figures(outside + inside[1:], 139, [WINDOW]).lag_p50_ms is None


def test_a_task_that_failed_has_no_lag_to_completion() -> None:
    failed = [done(15_000, 900, "failed") for _ in range(60)]
    assert tasks.figures([*spread(40), *failed], 100, [WINDOW]).lag_p50_ms == 19.5
    assert tasks.figures(failed, 60, [WINDOW]).lag_p50_ms is None


def test_a_clock_that_was_set_back_tells_no_lag() -> None:
    found = tasks.figures([*spread(400), done(15_000, -3_600_000)], 401, [WINDOW])
    assert (found.lag_p50_ms, found.lag_p95_ms) == (None, None)
    assert found.completed == 401


def test_the_queue_at_the_end_is_what_was_accepted_before_it_and_finished_after_it() -> None:
    early, late = done(19_000, 999), done(20_000, 50)
    left = [done(8_000, 13_500), done(19_000, 1_000), done(19_999, 2_251)]
    found = tasks.figures([early, late, *left], 5, [WINDOW])
    assert found.open_at_end == 3
    assert found.drain_s == 2.25


def test_a_worker_that_keeps_up_has_nothing_to_drain() -> None:
    found = tasks.figures([done(19_000, 5)], 1, [WINDOW])
    assert (found.open_at_end, found.drain_s) == (0, 0)


def test_a_queue_that_never_ends_has_no_drain_time() -> None:
    found = tasks.figures([done(19_000, 4_000), waiting(19_500)], 2, [WINDOW])
    assert (found.open_at_end, found.drain_s) == (2, None)


def test_without_a_window_there_are_only_counts() -> None:
    found = tasks.figures(spread(400), 400, [])
    assert (found.accepted, found.completed, found.lost) == (400, 400, 0)
    assert (found.lag_p50_ms, found.open_at_end, found.drain_s) == (None, None, None)
