from levelbench.lab.doctor.cores import examine


def test_two_cores_are_development_grade() -> None:
    found = examine([(0,), (1,)], present=2)
    assert found.check.grade == "note"
    assert "CPU 1: contestant; CPU 0: worker, PostgreSQL, Redis, k6" in found.check.found
    assert "share a core" in found.check.effect
    assert (found.contestant, found.others) == (1, [0])


def test_four_cores_with_hyperthreads_leave_the_contestants_sibling_idle() -> None:
    found = examine([(0, 4), (1, 5), (2, 6), (3, 7)], present=8)
    assert found.check.grade == "ok"
    assert found.check.found == (
        "4 cores with 8 hyperthreads: CPU 3: contestant, its sibling 7 idle; "
        "CPU 0,4: worker, Redis; CPU 2,6: PostgreSQL; CPU 1,5: k6"
    )
    assert found.check.remedy == ""
    assert (found.contestant, found.others) == (3, [0, 4, 1, 5, 2, 6])


def test_one_core_is_not_enough_to_run_at_all() -> None:
    found = examine([(0, 1)], present=2)
    assert (found.check.grade, found.check.required) == ("bad", True)
    assert "needs two cores" in found.check.effect
    assert found.topology is None
    assert (found.contestant, found.others) == (1, [])


def test_says_when_this_process_may_not_use_every_cpu() -> None:
    found = examine([(0,), (1,)], present=8)
    assert "2 cores (of 8 CPUs, 2 are allowed to this process)" in found.check.found


def test_programs_get_the_plan() -> None:
    figures = examine([(0,), (1,)], present=2).check.figures
    assert figures == {
        "cores": 2, "cpus": [[0], [1]], "present": 2,
        "service": "1", "worker": "0", "postgres": "0", "redis": "0", "k6": "0",
    }  # fmt: skip
