"""What the engine says of itself, in the fields of `docker info`, and what differs elsewhere."""

import json
import os
import platform
from types import SimpleNamespace
from typing import Any, cast

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench import command
from levelbench.errors import LabError
from levelbench.lab.compose import doctor as looking
from levelbench.lab.compose.client import Client
from levelbench.lab.meters import cgroup
from levelbench.lab.topology import plan
from tests import DATA
from tests.unit.lab.doctor import shown
from tests.unit.lab.machines import singles

RECORDED = DATA / "engine"
TWO_CORES = plan(singles(2))


def info(**changes: Any) -> dict[str, Any]:
    """An engine on this machine."""
    recorded: dict[str, Any] = json.loads((RECORDED / "info.json").read_text())
    return recorded | {"KernelVersion": platform.release()} | changes


class TestPrograms:
    @pytest.fixture(autouse=True)
    def plugins(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
        """What each plugin answers; one without an answer is missing."""
        answers = {
            "compose": '{"version":"2.26.1-4"}',
            "buildx": "github.com/docker/buildx v0.13.1 788433953af10f2a698f5c07611dddce2e08c7a0",
        }

        def run(words: list[str], **_: object) -> str:
            try:
                return answers[words[1]]
            except KeyError:
                raise command.CommandError(f"`docker {words[1]}` failed") from None

        monkeypatch.setattr(command, "run", run)
        return answers

    @pytest.mark.parametrize(
        ("changes", "missing", "grade"),
        [
            ({}, "", "ok"),
            ({"Driver": "vfs"}, "", "note"),
            ({"SecurityOptions": ["name=seccomp,profile=default", "name=rootless"]}, "", "ok"),
            ({}, "compose", "bad"),
        ],
        ids=["complete", "vfs", "rootless", "no-compose"],
    )
    def test_programs(
        self,
        plugins: dict[str, str],
        changes: dict[str, Any],
        missing: str,
        grade: str,
        snapshot: SnapshotAssertion,
    ) -> None:
        plugins.pop(missing, None)
        found = looking.programs(info(**changes))
        assert (found.grade, found.required) == (grade, grade == "bad")
        assert shown(found) == snapshot


ELSEWHERE = {"KernelVersion": "6.6.0-linuxkit"}


@pytest.mark.parametrize(
    ("changes", "grade"),
    [({}, "ok"), (ELSEWHERE, "note"), ({**ELSEWHERE, "NCPU": 1}, "bad")],
    ids=["here", "elsewhere", "too-few-cpus"],
)
def test_host(changes: dict[str, Any], grade: str, snapshot: SnapshotAssertion) -> None:
    found = looking.host(info(**changes), TWO_CORES)
    assert (found.grade, found.figures["elsewhere"]) == (grade, grade != "ok")
    assert shown(found) == snapshot


@pytest.mark.parametrize(
    ("changes", "swap_mib", "grade"),
    [
        ({"SwapLimit": True}, 512, "ok"),
        ({"SwapLimit": False}, None, "note"),
        ({"SwapLimit": False}, 512, "bad"),
        ({"SwapLimit": False}, 0, "ok"),
        ({"CPUSet": False}, 0, "bad"),
        ({"CpuCfsQuota": False}, 0, "bad"),
        ({"MemoryLimit": False}, 0, "bad"),
    ],
    ids=["all", "no-swap", "swap-here", "none-to-limit", "no-cores", "no-cpu-time", "no-memory"],
)
def test_caps(
    changes: dict[str, Any], swap_mib: float | None, grade: str, snapshot: SnapshotAssertion
) -> None:
    found = looking.caps(info(**changes), swap_mib)
    assert found.grade == grade
    assert shown(found) == snapshot


class TestCounters:
    @pytest.fixture
    def readable(self, monkeypatch: pytest.MonkeyPatch) -> list[object]:
        """What was looked at, all of which can be read."""
        looked: list[object] = []
        monkeypatch.setattr(cgroup, "locate", lambda *container: looked.append(container))
        monkeypatch.setattr(cgroup, "of_process", looked.append)
        return looked

    def engine(self, *containers: str, **changes: Any) -> Client:
        api = SimpleNamespace(
            containers=lambda: [{"Id": name} for name in containers],
            inspect_container=lambda name: {"Id": name, "State": {"Pid": 4242}},
        )
        return cast(Client, SimpleNamespace(info=info(**changes), api=api))

    def test_a_container_that_runs_is_the_test(
        self, readable: list[object], snapshot: SnapshotAssertion
    ) -> None:
        found = looking.counters(self.engine("c0ffee", "decaf"))
        assert found.grade == "ok"
        assert shown(found) == snapshot
        assert readable == [("c0ffee", 4242)]

    def test_where_none_runs_this_process_is(self, readable: list[object]) -> None:
        assert looking.counters(self.engine()).grade == "ok"
        assert readable == [os.getpid()]

    def test_this_process_shows_nothing_about_another_kernel(
        self, readable: list[object], snapshot: SnapshotAssertion
    ) -> None:
        found = looking.counters(self.engine(KernelVersion="6.6.0-linuxkit", CgroupVersion="2"))
        assert found.grade == "note"
        assert shown(found) == snapshot
        assert readable == []

    @pytest.mark.parametrize("containers", [(), ("c0ffee",)])
    def test_files_that_may_not_be_read_are_a_note(
        self, monkeypatch: pytest.MonkeyPatch, containers: tuple[str, ...]
    ) -> None:
        def refuse(*_: object) -> None:
            raise LabError("the containers' cgroup counters cannot be read on this host")

        monkeypatch.setattr(cgroup, "locate", refuse)
        monkeypatch.setattr(cgroup, "of_process", refuse)
        found = looking.counters(self.engine(*containers))
        assert (found.grade, found.figures["readable"]) == ("note", False)


@pytest.mark.parametrize(("running", "grade"), [(0, "ok"), (3, "note")])
def test_other_containers(running: int, grade: str, snapshot: SnapshotAssertion) -> None:
    found = looking.neighbours(info(ContainersRunning=running))
    assert found.grade == grade
    assert shown(found) == snapshot
