"""The documents: paths that exist, plain English, and a glossary with each word once."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from levelbench.model.config import ROOT

DOCUMENTS = (*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md")
PACKAGE = ROOT / "scripts" / "levelbench"
FOLDERS = ("docs", "scripts", "services", "tests", "k6", "compose", ".github", ".ci")
"""What a path may begin with; `reports/` and `.venv/` are not in the repository."""
ROOMS = tuple(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists())
"""Packages: a path in a document may also begin at `scripts/levelbench/`."""
SOURCE = r"\.(?:py|js|toml|sh|ya?ml|css|j2|in|lock)"
PART = r"[\w.*<>@-]+"
PATH = re.compile(rf"(?<![\w./<-])(?:{'|'.join(map(re.escape, FOLDERS))})/(?:{PART}/?)*")
NAMED = re.compile(rf"`((?:(?:{'|'.join(ROOMS)})/(?:{PART}/?)*)|[\w-]+{SOURCE})`")
DIALECT = re.compile(
    r"\b(?:told|nobody|mend|beside|h(?:o|e)ld against|go(?:es)? on|(?:leaves?|left) out"
    r"|(?:ms|CPU|time|cost|statements) a (?:request|contestant|trial))\b",
    re.IGNORECASE,
)
"""Phrases that are avoided: report, compare with, continue, exclude, per request are clearer."""
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def paths(text: str) -> Iterator[str]:
    """Paths from the root, paths from the package, and names of single files in backquotes."""
    yield from (found.rstrip(".") for found in PATH.findall(text))
    yield from NAMED.findall(text)


@cache
def names() -> frozenset[str]:
    """The names of all files."""
    return frozenset(path.name for folder in FOLDERS for path in (ROOT / folder).rglob("*"))


def exists(path: str) -> bool:
    """Whether a file is there; `*` and `<name>` stand for any one name."""
    pattern = re.sub(r"<[^>]*>", "*", path).rstrip("/")
    if "/" not in pattern:
        return pattern in names() or (ROOT / pattern).exists()
    return any(any(base.glob(pattern)) for base in (ROOT, PACKAGE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_a_document_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    missing = [path for path in paths(text) if not exists(path)]
    missing += [link for link in LINK.findall(text) if not (document.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see docs/method.md.", ["docs/method.md"]),
        ("`bench/plan.py` and `levelbench.toml`", ["bench/plan.py", "levelbench.toml"]),
        ("https://example.org/docs/page", []),
        ("`services/<name>/app`", ["services/<name>/app"]),
        ("`results.json`, `make bench`", []),
    ],
)
def test_paths_are_found_in_text(text: str, found: list[str]) -> None:
    assert list(paths(text)) == found


def test_a_path_that_is_not_there_is_noticed() -> None:
    assert exists("services/<name>/service.toml")
    assert exists("lab/meters/")
    assert not exists("services/<name>/missing.toml")
    assert not exists("bench/missing.py")
    assert not exists("missing.py")


@pytest.mark.parametrize(
    "document", [*DOCUMENTS, ROOT / "CHANGELOG.md"], ids=lambda path: path.name
)
def test_a_document_is_in_plain_english(document: Path) -> None:
    lines = enumerate(document.read_text(encoding="utf-8").splitlines(), start=1)
    assert [(number, line) for number, line in lines if DIALECT.search(line)] == []


def test_the_glossary_defines_each_word_once() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line.split(" | ")[0].strip("| ") for line in text.splitlines() if line[:2] == "| "]
    words = [word.strip() for row in rows if row != "word" for word in row.split(",")]
    assert [word for word, times in Counter(words).items() if times > 1] == []
