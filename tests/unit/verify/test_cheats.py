"""The cheats of the full suite fit today's contestants; whether they are caught is tested there."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from levelbench.contestants.discovery import discover
from levelbench.model.rules import RULES
from tests.full.cheats import CHEATS
from tests.full.cheats.cheat import Cheat, Edit, StaleEditError, apply


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda cheat: cheat.name)
def test_every_edit_fits(cheat: Cheat, tmp_path: Path) -> None:
    service = apply(cheat, tmp_path)
    assert service.name == f"cheat-{cheat.name}"
    for edit in cheat.edits:
        assert edit.new in (service.folder / edit.file).read_text(encoding="utf-8")


def test_edited_files_are_python_without_unknown_names(tmp_path: Path) -> None:
    for cheat in CHEATS:
        apply(cheat, tmp_path)
    said = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache",
         "--output-format=concise", "--target-version=py313",
         "--select=E9,F401,F811,F821,F823,F841", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr


def test_an_edit_that_no_longer_fits_is_named(tmp_path: Path) -> None:
    stale = Edit("app/main.py", "no such line", "another")
    cheat = Cheat("stale", "starlette", "nothing", "data", (stale,))
    with pytest.raises(StaleEditError, match=r"stale: services/starlette/app/main.py holds 0"):
        apply(cheat, tmp_path)


def test_an_edit_that_fits_twice_is_named(tmp_path: Path) -> None:
    cheat = Cheat("twice", "starlette", "nothing", "data", (Edit("app/main.py", "Route(", "("),))
    with pytest.raises(StaleEditError, match=r"holds \d+ times, and not once"):
        apply(cheat, tmp_path)


def test_names_differ_and_every_framework_of_the_article_has_its_cheats() -> None:
    assert max(Counter(cheat.name for cheat in CHEATS).values()) == 1
    assert {cheat.rule.partition(":")[0] for cheat in CHEATS} <= set(RULES)
    services = discover()
    bases = {services[cheat.base].spec.extends or cheat.base for cheat in CHEATS}
    assert bases == {"django", "fastapi", "flask", "starlette"}
