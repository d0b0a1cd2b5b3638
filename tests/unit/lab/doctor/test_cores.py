import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.lab.doctor.cores import examine
from levelbench.lab.machine import Machine
from tests.unit.lab.doctor import shown

FOUR = ((0, 4), (1, 5), (2, 6), (3, 7))


@pytest.mark.parametrize(
    ("cores", "present", "grade", "contestant", "others"),
    [
        (((0,), (1,)), 8, "note", 1, [0]),
        (FOUR, 8, "ok", 3, [0, 4, 1, 5, 2, 6]),
        (((0, 1),), 2, "bad", 1, []),
    ],
    ids=["two", "four-with-hyperthreads", "one"],
)
def test_cores(
    cores: tuple[tuple[int, ...], ...],
    present: int,
    grade: str,
    contestant: int,
    others: list[int],
    snapshot: SnapshotAssertion,
) -> None:
    found = examine(Machine(cores, present))
    assert (found.check.grade, found.check.required) == (grade, grade == "bad")
    assert (found.contestant, found.others) == (contestant, others)
    assert shown(found.check) == snapshot


def test_programs_get_the_plan() -> None:
    figures = examine(Machine(((0,), (1,)), present=2)).check.figures
    assert figures == {
        "cores": 2, "cpus": [[0], [1]], "present": 2,
        "slower": 0, "isolated": [], "quota_cpus": None,
        "service": "1", "worker": "0", "postgres": "0", "redis": "0", "k6": "0",
    }  # fmt: skip


def test_a_contestant_of_several_cores_leaves_the_others_fewer() -> None:
    found = examine(Machine(tuple((cpu,) for cpu in range(6)), present=6), contestant_cpus=4)
    assert found.others == [0, 1]
    assert found.check.remedy == "Use a machine with 7 cores or more."
