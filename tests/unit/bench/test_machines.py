"""Simulated machines: doctor, bench and up agree on what is possible on each."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.contestants.discovery import discover
from levelbench.errors import LabError
from levelbench.lab import machine, up
from levelbench.lab.doctor import cores
from levelbench.model.topology import cpu_count
from tests.unit.bench.runs import Bench
from tests.unit.lab.doctor import shown
from tests.unit.lab.machines import MACHINES


@pytest.mark.parametrize("name", MACHINES)
def test_doctor_bench_and_up_agree(
    name: str,
    bench: Bench,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    snapshot: SnapshotAssertion,
) -> None:
    found = MACHINES[name].read(tmp_path / "machine")
    monkeypatch.setattr(machine, "read", lambda: found)
    doctor = cores.examine(found)
    assert shown(doctor.check) == snapshot
    possible = "" if doctor.topology else doctor.check.effect.removeprefix(cores.UNTIMED)
    assert refusal(bench) == possible.removesuffix(".")
    up.up(discover()["flask"], "up-flask", "standin")
    given = bench.engine.made["up-flask"].variables
    assert cpu_count(given["SERVICE_CPUSET"]) == 1
    assert doctor.topology is None or given["SERVICE_CPUSET"] == doctor.topology.service


def refusal(bench: Bench) -> str:
    """Why a bench refuses the machine; empty if it asks the engine for a network next."""
    bench.engine.no_network = True
    with pytest.raises(LabError) as raised:
        bench.run(bench.options())
    bench.engine.no_network = False
    return "" if "addresses" in raised.value.cause else raised.value.cause


@pytest.mark.parametrize("cpus", [2.0, 4.0])
def test_a_cap_that_caps_nothing_is_refused_by_all(
    cpus: float, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2 CPUs of 2 passed verification: the cap of no contestant."""
    two = machine.Machine(((0,), (1,)))
    monkeypatch.setattr(machine, "read", lambda: two)
    caps = bench.config.caps
    own = caps.model_copy(update={"service": caps.service.model_copy(update={"cpus": cpus})})
    bench.config = bench.config.model_copy(update={"caps": own})
    monkeypatch.setattr(up, "load_config", lambda: bench.config)
    assert not cores.examine(two, cpus).topology
    assert f"caps.service.cpus is {cpus:g}" in refusal(bench)
    with pytest.raises(LabError, match=r"Set caps\.service\.cpus in levelbench\.toml to 1"):
        up.up(discover()["flask"], "up-flask", "standin")
