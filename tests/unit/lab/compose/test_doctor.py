"""What the engine says of itself, in the fields of `docker info`, and what differs elsewhere."""

import json
import os
import platform
from types import SimpleNamespace
from typing import Any, cast

import pytest

from levelbench import command
from levelbench.errors import LabError
from levelbench.lab.compose import doctor as looking
from levelbench.lab.compose.client import Client
from levelbench.lab.meters import cgroup
from levelbench.lab.topology import plan
from tests import DATA

RECORDED = DATA / "engine"
TWO_CORES = plan([(0,), (1,)])


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

        def run(words: list[str], timeout_s: float = 600) -> str:
            try:
                return answers[words[1]]
            except KeyError:
                raise command.CommandError(f"`docker {words[1]}` failed") from None

        monkeypatch.setattr(command, "run", run)
        return answers

    def test_names_what_the_lab_works_with(self) -> None:
        found = looking.programs(info())
        assert found.grade == "ok"
        assert found.found == (
            "engine 20.10.24+dfsg1, compose 2.26.1-4, buildx 0.13.1; storage driver overlay2"
        )

    def test_a_driver_that_copies_images_is_a_note(self) -> None:
        assert looking.programs(info(Driver="vfs")).grade == "note"

    def test_a_rootless_engine_is_named(self) -> None:
        options = ["name=seccomp,profile=default", "name=rootless", "name=cgroupns"]
        assert looking.programs(info(SecurityOptions=options)).found.endswith("; rootless")

    def test_nothing_runs_without_a_plugin(self, plugins: dict[str, str]) -> None:
        del plugins["compose"]
        found = looking.programs(info())
        assert (found.grade, found.required) == ("bad", True)
        assert found.found.endswith("missing: docker compose")
        assert found.remedy == "Run scripts/bootstrap.sh."


class TestHost:
    def test_an_engine_of_this_machine_is_fine(self) -> None:
        found = looking.host(info(), TWO_CORES)
        assert (found.grade, found.found) == ("ok", "this machine")

    def test_another_kernel_is_another_machine(self) -> None:
        found = looking.host(info(KernelVersion="6.6.0-linuxkit"), TWO_CORES)
        assert found.grade == "note"
        assert found.figures == {"elsewhere": True, "engine_cpus": 2}

    def test_an_engine_with_fewer_cpus_starts_nothing(self) -> None:
        found = looking.host(info(KernelVersion="6.6.0-linuxkit", NCPU=1), TWO_CORES)
        assert found.grade == "bad"
        assert "it has 1 CPUs, the lab counts on 2" in found.found


class TestCaps:
    def test_all_of_them_held_is_fine(self) -> None:
        found = looking.caps(info(SwapLimit=True))
        assert found.grade == "ok"
        assert found.found == "cores, processor time and memory are held to, and swap"

    def test_swap_that_is_not_held_is_a_note(self) -> None:
        found = looking.caps(info(SwapLimit=False))
        assert found.grade == "note"
        assert "swapaccount=1" in found.remedy

    @pytest.mark.parametrize(
        ("key", "what"),
        [("CPUSet", "cores"), ("CpuCfsQuota", "processor time"), ("MemoryLimit", "memory")],
    )
    def test_without_one_of_them_the_box_is_not_the_same(self, key: str, what: str) -> None:
        found = looking.caps(info(**{key: False}))
        assert found.grade == "bad"
        assert found.found == f"{what}: the engine cannot hold a container to it"


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

    def test_a_container_that_runs_is_the_test(self, readable: list[object]) -> None:
        found = looking.counters(self.engine("c0ffee", "decaf"))
        assert found.grade == "ok"
        assert found.found == "cgroup v1 (cgroupfs), read from its files"
        assert readable == [("c0ffee", 4242)]

    def test_where_none_runs_this_process_is(self, readable: list[object]) -> None:
        assert looking.counters(self.engine()).grade == "ok"
        assert readable == [os.getpid()]

    def test_this_process_says_nothing_of_another_kernel(self, readable: list[object]) -> None:
        found = looking.counters(self.engine(KernelVersion="6.6.0-linuxkit", CgroupVersion="2"))
        assert found.grade == "note"
        assert found.found == "cgroup v2 (cgroupfs), not to be read from here: the engine is asked"
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


def test_other_containers_are_a_note() -> None:
    assert looking.neighbours(info(ContainersRunning=0)).grade == "ok"
    found = looking.neighbours(info(ContainersRunning=3))
    assert (found.grade, found.found) == ("note", "3 running")
