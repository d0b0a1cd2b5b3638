import json
from dataclasses import replace

from levelbench.verify.parity.processes import Probed, Serving, parse, working
from tests.unit.verify.parity.recorded import probes, serving

TEXT = json.dumps(
    {
        "programs": {},
        "processes": [
            {
                "pid": pid, "parent": parent, "argv": ["x"], "python": None, "clients": 0,
                "switches": {str(pid): 1}, "names": {str(pid): "x"}, "native": [], "modules": None,
            }
            for pid, parent in ((1, 0), (7, 1), (9, 7), (50, 0), (51, 50))
        ],
    }
)  # fmt: skip


def test_gunicorn_is_a_parent_and_three_processes_of_four_threads() -> None:
    found = serving("flask")
    assert found.counted == "1+3"
    assert list(found.threads.values()) == [4, 4, 4]
    assert 1 not in found.threads


def test_uvicorn_is_one_process_whose_event_loop_serves() -> None:
    found = serving("fastapi")
    assert (found.counted, dict(found.threads)) == ("1", {1: 0})


def test_what_the_probe_itself_runs_is_no_process_of_the_server() -> None:
    assert [process.pid for process in parse(TEXT).processes] == [1, 7, 9]


def turned(probed: Probed, pid: int, thread: str, name: str, switches: int) -> Probed:
    """The same with a thread more."""
    return replace(
        probed,
        processes=tuple(
            replace(
                one,
                switches={**one.switches, thread: switches},
                names={**one.names, thread: name},
            )
            if one.pid == pid
            else one
            for one in probed.processes
        ),
    )


def test_a_thread_serves_if_it_runs_in_several_piles() -> None:
    before, *piles, _ = probes("fastapi")

    def threads(name: str, *switches: int, native: bool = False) -> dict[int, int]:
        start = turned(before, 1, "99", name, 5)
        ran = [turned(pile, 1, "99", name, n) for pile, n in zip(piles, switches, strict=True)]
        return working(start, ran, native=native)

    assert threads("uvicorn", 5, 5, 5) == {1: 0}
    assert threads("uvicorn", 6, 6, 6) == {1: 0}  # woke up once
    assert threads("uvicorn", 6, 9, 9) == {1: 1}
    assert threads("tokio-rt-worker", 6, 9, 12) == {1: 0}  # runs no Python
    assert threads("tokio-rt-worker", 6, 9, 12, native=True) == {1: 1}


def test_a_process_without_clients_does_not_serve() -> None:
    found = serving("flask")
    assert Serving(found.all, {}).processes == ()
