"""The engine seam: one package knows which program runs the containers."""

import re

from levelbench.model.config import ROOT

PACKAGE = ROOT / "scripts" / "levelbench"
ENGINE_WORD = re.compile(r"\bdocker\b", re.IGNORECASE)


def test_only_the_compose_package_knows_docker() -> None:
    naming = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*")
        if path.suffix in (".py", ".toml", ".j2", ".html")
        and ENGINE_WORD.search(path.read_text(encoding="utf-8"))
    }
    assert {name for name in naming if not name.startswith("lab/compose/")} == set()
