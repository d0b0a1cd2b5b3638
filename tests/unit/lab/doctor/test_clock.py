from dataclasses import replace
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench import command
from levelbench.lab.doctor.clock import Clock, clock, read
from tests.unit.lab.doctor import shown

GOOD = Clock(source="tsc", read_ns=44.2, resolution_ns=1.0, synchronised=True)


@pytest.mark.parametrize(
    ("found", "grade"),
    [
        (GOOD, "ok"),
        (replace(GOOD, source=None, synchronised=None), "ok"),
        (replace(GOOD, source="hpet", read_ns=1300.0, synchronised=False), "note"),
    ],
    ids=["good", "unknown", "slow"],
)
def test_clock(found: Clock, grade: str, snapshot: SnapshotAssertion) -> None:
    diagnosis = clock(found)
    assert diagnosis.grade == grade
    assert diagnosis.figures["synchronised"] is found.synchronised
    assert shown(diagnosis) == snapshot


@pytest.mark.parametrize(("said", "known"), [("yes\n", True), ("no\n", False), ("\n", None)])
def test_asks_systemd_for_synchronisation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, known: bool | None
) -> None:
    (tmp_path / "current_clocksource").write_text("kvm-clock\n")
    monkeypatch.setattr(command, "run", lambda words, timeout_s: said)
    found = read(tmp_path / "current_clocksource")
    assert (found.source, found.synchronised) == ("kvm-clock", known)
    assert found.read_ns > 0


def test_a_system_without_either_reports_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def missing(words: list[str], timeout_s: float) -> str:
        raise command.CommandError("the command 'timedatectl' is missing")

    monkeypatch.setattr(command, "run", missing)
    found = read(tmp_path / "nothing")
    assert (found.source, found.synchronised) == (None, None)
