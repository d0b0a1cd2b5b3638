from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.errors import LabError
from levelbench.lab.machine import Machine, read_cores
from levelbench.lab.topology import plan
from levelbench.model.topology import cpu_count, parse_cpu_list
from tests.unit.lab.machines import singles


def test_two_cores_give_the_contestant_one_of_its_own() -> None:
    topology = plan(singles(2))
    assert topology.service == "1"
    assert {topology.postgres, topology.k6, topology.worker, topology.redis} == {"0"}
    assert topology.harness == "0"
    assert topology.everything == "0,1"
    assert topology.development_grade


def test_four_cores_separate_database_and_load_generator() -> None:
    topology = plan(singles(4))
    assert len({topology.service, topology.postgres, topology.k6, topology.worker}) == 4
    assert topology.redis == topology.harness == topology.worker
    assert not topology.development_grade


def test_eight_cores_give_two_to_database_and_load_generator() -> None:
    topology = plan(singles(8))
    assert (topology.service, topology.postgres, topology.k6) == ("7", "5,6", "3,4")
    assert topology.worker == "0,1,2"


def test_no_two_roles_share_a_core_from_four_cores_on() -> None:
    for count in range(4, 33):
        topology = plan(singles(count))
        sets = [topology.service, topology.postgres, topology.k6, topology.worker]
        cpus = [cpu for cpuset in sets for cpu in parse_cpu_list(cpuset)]
        assert len(cpus) == len(set(cpus))
        assert max(cpus) < count


def test_the_sibling_of_the_contestants_cpu_stays_idle() -> None:
    topology = plan(Machine(((0, 4), (1, 5), (2, 6), (3, 7))))
    assert topology.service == "3"
    used = ",".join([topology.postgres, topology.k6, topology.worker])
    assert "7" not in used.split(",")


def test_a_contestant_gets_as_many_cores_as_its_cap_needs() -> None:
    topology = plan(Machine(tuple((cpu, cpu + 8) for cpu in range(8))), 4.0)
    assert topology.service == "4,5,6,7"  # siblings 12 to 15 stay idle
    assert {topology.postgres, topology.k6, topology.worker} == {"0,8", "1,9", "2,10"}
    assert plan(singles(8), 2.5).service == "5,6,7"
    assert plan(singles(2), 0.5) == plan(singles(2))


def test_a_contestant_that_leaves_few_cores_makes_the_lab_development_grade() -> None:
    assert plan(singles(4), 2).development_grade
    assert not plan(singles(5), 2).development_grade


def test_a_cap_that_the_machine_does_not_have_is_refused(snapshot: SnapshotAssertion) -> None:
    with pytest.raises(LabError) as raised:
        plan(singles(4), 4.0)
    assert str(raised.value) == snapshot


def test_one_core_is_not_enough_for_what_is_timed() -> None:
    with pytest.raises(LabError, match="needs two cores"):
        plan(singles(1))
    assert set(plan(singles(1), timed=False).cpusets().values()) == {"0"}


def test_cores_of_a_contestant_that_differ_in_speed_are_refused(
    snapshot: SnapshotAssertion,
) -> None:
    hybrid = Machine(singles(8).cores, slower=6)
    assert plan(hybrid, 2.0).service == "6,7"
    with pytest.raises(LabError) as raised:
        plan(hybrid, 4.0)
    assert str(raised.value) == snapshot
    assert plan(hybrid, 4.0, timed=False).service == "4,5,6,7"


def test_reads_siblings_from_the_kernel(tmp_path: Path) -> None:
    for cpu, siblings in {0: "0,2", 1: "1,3", 2: "0,2", 3: "1,3"}.items():
        folder = tmp_path / f"cpu{cpu}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text(f"{siblings}\n")
    assert read_cores({0, 1, 2, 3}, tmp_path) == [(0, 2), (1, 3)]
    assert read_cores({0, 1}, tmp_path) == [(0,), (1,)]


def test_takes_each_cpu_for_a_core_where_nothing_is_told(tmp_path: Path) -> None:
    assert read_cores({0, 1}, tmp_path) == [(0,), (1,)]


def test_reads_the_kernels_list_notation() -> None:
    assert parse_cpu_list("0-2,4\n") == [0, 1, 2, 4]
    assert cpu_count("0-2,4") == 4
