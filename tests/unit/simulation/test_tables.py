"""The tables of docs/statistics.md agree with the current profiles and analysis."""

import re
from math import sqrt

import pytest

from levelbench.model.config import load_config
from tests.unit.simulation.__main__ import DOCUMENT
from tests.unit.simulation.design_tables import CURRENT, STANDARD
from tests.unit.simulation.machine import DRIFTING
from tests.unit.simulation.markdown import percent, replace_table, table
from tests.unit.simulation.tables import SETTINGS, TABLES
from tests.unit.simulation.windows import Design

RUNS = 150


def published(name: str) -> dict[str, list[str]]:
    """First cell -> the others, for each row of a table of the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", text, re.DOTALL)
    assert found is not None, f"docs/statistics.md has no table {name!r}"
    lines = [line.strip("| ").split(" | ") for line in found[1].splitlines()]
    return {first: rest for first, *rest in lines}


@pytest.mark.parametrize(
    ("place", "difference"), [(0, 0.2), (1, 0.1), (2, 0.1), (3, 0.05)], ids=lambda value: str(value)
)
def test_published_power_is_that_of_the_profiles(place: int, difference: float) -> None:
    """Another seed and fewer runs: within 4 standard errors. A failure means that the profiles, the
    verdicts or the noise have changed: run `python -m tests.unit.simulation`."""
    shares = published("power")[percent(difference)][place].split(" / ")
    found = SETTINGS[place].power(DRIFTING, difference, RUNS, seed=8)
    shown = (found.called, found.beyond_control, found.excludes_one)
    for text, share in zip(shares, shown, strict=True):
        expected = float(text.rstrip("%")) / 100
        error = sqrt(max(expected * (1 - expected), 0.01) / RUNS)
        assert share == pytest.approx(expected, abs=4 * error)


def test_the_columns_are_the_settings() -> None:
    for name in ("power", "power, half the noise"):
        assert published(name)["slower by"] == [setting.head for setting in SETTINGS]


def test_the_tables_of_designs_have_the_profiles() -> None:
    assert f"{STANDARD.blocks} starts of {CURRENT}" in published("standard")
    paired = load_config().profile("paired")
    assert Design(paired.slices, paired.closed_window_s / paired.slices) == CURRENT
    twin = "" if paired.control else ", no twin"
    assert published("paired")[f"noisier: {CURRENT}{twin}"][0] == str(paired.blocks)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_its_place(name: str) -> None:
    assert len(published(name)) > 2


def test_a_table_is_replaced_between_its_markers() -> None:
    text = "before\n<!-- power -->\nold\n<!-- /power -->\nafter\n"
    made = table(("slower by", "quick"), [["5%", "1%"]])
    assert replace_table(text, "power", made) == (
        "before\n<!-- power -->\n| slower by | quick |\n| --- | ---: |\n| 5% | 1% |\n"
        "<!-- /power -->\nafter\n"
    )
    with pytest.raises(ValueError, match="no table 'errors'"):
        replace_table(text, "errors", "new")
