"""k6's version stands in levelbench.toml and nowhere else, and no part of k6 1 is used that k6 2
removed (grafana/k6, release notes of v2.0.0)."""

import re
import subprocess
from collections.abc import Iterator

from levelbench.model.config import ROOT, load_config

RECORDED = ("tests/data/", "docs/results/")
"""What was recorded names the version that it was recorded with."""
LOCKS = ("uv.lock", "requirements.lock", "package-lock.json")
"""Versions of other programs, which may be the same."""
LOAD = ("k6/", "compose/", "scripts/levelbench/load/", "scripts/levelbench/lab/")
REMOVED = re.compile(
    r"--no-summary|summary-mode.legacy|externally-controlled|--upload-only|options\.ext\b"
    r"|loadimpact|k6/experimental|\bk6 (login|pause|resume|scale|status)\b"
    r"|K6_BINARY_PROVISIONING|K6_ENABLE_COMMUNITY_EXTENSIONS|K6_OTEL|browser_web_vital_fid"
)


def tracked() -> Iterator[tuple[str, str]]:
    """(name, text) of each file of the repository that is text."""
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for name in filter(None, names):
        path = ROOT / name
        if path.is_file() and not name.startswith(RECORDED) and path.name not in LOCKS:
            yield name, path.read_text(encoding="utf-8", errors="replace")


def test_the_version_of_k6_stands_in_one_place() -> None:
    version = re.compile(rf"(?<![\d.]){re.escape(load_config().images.k6_version)}(?![\d.])")
    assert [name for name, text in tracked() if version.search(text)] == ["levelbench.toml"]


def test_nothing_is_used_that_k6_2_removed() -> None:
    used = {name: REMOVED.findall(text) for name, text in tracked() if name.startswith(LOAD)}
    assert {name: found for name, found in used.items() if found} == {}


def test_the_http_api_has_an_address() -> None:
    """k6 2 starts it only with --address; the capacity workload reads it."""
    compose = (ROOT / "compose" / "compose.yaml").read_text(encoding="utf-8")
    assert re.search(r"run, --quiet, --address, &(\S+) .*K6_ADDRESS: \*\1\n", compose, re.DOTALL)


def test_the_stand_in_is_built_of_the_module_of_its_major_version() -> None:
    """go.k6.io/k6 of version 1, go.k6.io/k6/v2 of version 2."""
    dockerfile = (ROOT / "compose" / "images" / "k6" / "Dockerfile").read_text(encoding="utf-8")
    (script,) = re.findall(r"(major=.*?; fi)", dockerfile, re.DOTALL)
    for version, module in (("1.8.2", "go.k6.io/k6"), ("2.2.0", "go.k6.io/k6/v2")):
        script_of = script.replace("\\\n", "") + '; echo "$module"'
        shown = subprocess.run(
            ["sh", "-ec", script_of], env={"K6_VERSION": version}, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        assert shown.stdout.strip() == module
