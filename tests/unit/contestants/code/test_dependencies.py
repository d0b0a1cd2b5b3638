from pathlib import Path

from levelbench.contestants.code.dependencies import direct, installed
from tests.unit.contestants.code.apps import write_app


def test_direct_ones_are_those_of_requirements_in(tmp_path: Path) -> None:
    assert direct(write_app(tmp_path)) == {"example", "drivers"}


def test_all_are_those_that_the_lock_installs_in_the_image(tmp_path: Path) -> None:
    assert installed(write_app(tmp_path)) == {"example", "drivers", "theirs"}


def test_a_contestant_without_the_files_has_none(tmp_path: Path) -> None:
    assert (direct(tmp_path), installed(tmp_path)) == (set(), set())
