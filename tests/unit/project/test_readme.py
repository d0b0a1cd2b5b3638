"""The README names the whole interface, and has a place for the results of a run."""

import re

import pytest

from levelbench.model import workloads
from levelbench.model.config import ROOT, load_config

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DEFAULT = re.compile(r"^#= ([A-Z]+)=([a-z0-9%]+) ", re.MULTILINE)
"""A variable of the Makefile with its default, if that is a value."""


def test_it_names_every_target() -> None:
    targets = re.findall(r"^([a-z%-]+):.*## ", MAKEFILE, re.MULTILINE)
    named = set(re.findall(r"`make ([a-z-]+(?:<service>)?)", README))
    assert {target.replace("%", "<service>") for target in targets} <= named


def test_it_names_every_variable() -> None:
    explained = " ".join(re.findall(r"^#= (.*)", MAKEFILE, re.MULTILINE))
    variables = set(re.findall(r"\b([A-Z]+)=", explained))
    assert len(variables) > 15
    assert variables <= set(re.findall(r"\b([A-Z]+)=", README))


@pytest.mark.parametrize(("name", "default"), DEFAULT.findall(MAKEFILE))
def test_its_defaults_are_those_of_make_help(name: str, default: str) -> None:
    assert f"{name}={default}`" in README or f"{name}={default} " in README


def test_its_tables_have_every_profile_and_workload() -> None:
    rows = set(re.findall(r"^\| `([a-z0-9-]+)` \|", README, re.MULTILINE))
    assert {*load_config().profiles, "closed", "closed-no-auth", "list", "open"} <= rows
    assert set(workloads.GROUPS) <= set(re.findall(r"`([a-z0-9-]+)`", README))
