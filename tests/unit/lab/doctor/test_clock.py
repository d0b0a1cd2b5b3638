from dataclasses import replace
from pathlib import Path

import pytest

from levelbench import command
from levelbench.lab.doctor.clock import Clock, clock, read

GOOD = Clock(source="tsc", read_ns=44.2, resolution_ns=1.0, synchronised=True)


def test_a_clock_that_is_read_from_the_processor_is_fine() -> None:
    found = clock(GOOD)
    assert found.grade == "ok"
    assert found.found == "tsc, 44 ns a reading, resolution 1 ns; synchronised"


def test_a_clock_that_is_dear_to_read_is_a_note() -> None:
    found = clock(replace(GOOD, source="hpet", read_ns=1300.0))
    assert found.grade == "note"
    assert "tsc" in found.remedy


def test_a_clock_that_nobody_keeps_is_a_note() -> None:
    found = clock(replace(GOOD, synchronised=False))
    assert found.grade == "note"
    assert found.found.endswith("not synchronised")
    assert "timedatectl" in found.remedy


def test_what_nobody_tells_is_no_fault() -> None:
    found = clock(replace(GOOD, source=None, synchronised=None))
    assert found.grade == "ok"
    assert found.found.startswith("source not told")
    assert found.found.endswith("synchronisation not told")
    assert found.figures["synchronised"] is None


@pytest.mark.parametrize(("said", "known"), [("yes\n", True), ("no\n", False), ("\n", None)])
def test_asks_systemd_who_keeps_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, known: bool | None
) -> None:
    (tmp_path / "current_clocksource").write_text("kvm-clock\n")
    monkeypatch.setattr(command, "run", lambda words, timeout_s: said)
    found = read(tmp_path / "current_clocksource")
    assert (found.source, found.synchronised) == ("kvm-clock", known)
    assert found.read_ns > 0


def test_a_system_without_either_tells_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def missing(words: list[str], timeout_s: float) -> str:
        raise command.CommandError("the command 'timedatectl' is missing")

    monkeypatch.setattr(command, "run", missing)
    found = read(tmp_path / "nothing")
    assert (found.source, found.synchronised) == (None, None)
