from collections import Counter
from collections.abc import Sequence

import pytest

from levelbench.bench.plan import make, seed_of
from levelbench.model.run import PlannedTrial

NAMES = ["django", "fastapi", "flask", "starlette"]


def test_each_block_measures_each_contestant_once() -> None:
    planned = make(NAMES, {"closed": 5}, seed=1)
    assert [trial.number for trial in planned] == list(range(1, 21))
    for block in range(1, 6):
        assert sorted(t.label for t in planned if t.block == block) == NAMES


def twins(planned: Sequence[PlannedTrial], workload: str = "closed") -> list[str]:
    return [
        trial.service
        for trial in planned
        if trial.label.endswith("@control") and trial.workload == workload
    ]


def test_the_control_is_another_contestant_in_each_block() -> None:
    """On 5a844a9 one contestant was the control of all blocks, and spoke for all."""
    planned = make(NAMES, {"closed": 8}, seed=1, control=NAMES)
    assert len(planned) == 40
    assert [one.block for one in planned if one.label.endswith("@control")] == list(range(1, 9))
    found = twins(planned)
    assert sorted(found[:4]) == sorted(found[4:]) == NAMES


def test_every_contestant_is_the_control_about_as_often() -> None:
    for seed in range(20):
        counts = Counter(twins(make(NAMES, {"closed": 15}, seed, control=NAMES)))
        assert set(counts) == set(NAMES)
        assert max(counts.values()) - min(counts.values()) == 1


def test_which_contestant_is_the_control_first_depends_on_the_seed_and_the_workload() -> None:
    def first(seed: int, workload: str) -> str:
        return twins(make(NAMES, {workload: 1}, seed, control=NAMES), workload)[0]

    assert {first(seed, "closed") for seed in range(20)} == set(NAMES)
    assert any(first(seed, "closed") != first(seed, "list") for seed in range(20))


def test_the_control_is_one_of_those_that_may_be() -> None:
    for seed in range(20):
        planned = make([*NAMES, "floor"], {"closed": 5}, seed=seed, control=NAMES)
        assert len(planned) == 30
        assert "floor" not in twins(planned)


def test_the_seed_gives_the_order() -> None:
    assert make(NAMES, {"closed": 5}, 7, control=NAMES) == make(
        NAMES, {"closed": 5}, 7, control=NAMES
    )
    assert make(NAMES, {"closed": 5}, 7, control=NAMES) != make(
        NAMES, {"closed": 5}, 8, control=NAMES
    )


def test_the_order_differs_between_blocks() -> None:
    planned = make(NAMES, {"closed": 10}, seed=3)
    orders = {tuple(t.label for t in planned if t.block == block) for block in range(1, 11)}
    assert len(orders) > 5


def test_every_contestant_comes_first_about_as_often() -> None:
    planned = make(NAMES, {"closed": 2000}, seed=3)
    first = Counter(trial.label for trial in planned[::4])
    assert all(400 < first[name] < 600 for name in NAMES)


def test_workloads_follow_each_other_each_with_its_blocks_and_one_numbering() -> None:
    planned = make(NAMES, {"closed": 2, "open-50": 1}, seed=1, control=NAMES)
    assert [trial.number for trial in planned] == list(range(1, 16))
    assert Counter((t.workload, t.block) for t in planned) == {
        ("closed", 1): 5, ("closed", 2): 5, ("open-50", 1): 5,
    }  # fmt: skip


def test_runs_with_neighbouring_seeds_share_no_block() -> None:
    """On 5a844a9 seeds added: block 2 of seed 7 had the requests of block 1 of seed 8."""
    seeds = {seed_of(seed, "closed", block, 1) for seed in range(20) for block in range(20)}
    assert len(seeds) == 400
    assert all(0 <= seed < 2**53 for seed in seeds)


@pytest.mark.parametrize(
    "other", [(8, "closed", 2, 1), (7, "list", 2, 1), (7, "closed", 3, 1), (7, "closed", 2, 2)]
)
def test_seed_workload_block_and_attempt_each_change_a_seed(
    other: tuple[int, str, int, int],
) -> None:
    assert seed_of(7, "closed", 2, 1) != seed_of(*other)


def test_a_seed_is_the_same_in_every_process() -> None:
    assert seed_of(7, "closed", 2, 1) == 2_413_977_942_318_853


def test_the_order_of_a_block_depends_on_no_other_block() -> None:
    short, long = (make(NAMES, {"closed": blocks}, seed=3) for blocks in (2, 5))
    assert short == long[: len(short)]
