"""The same bytes in every checkout."""

import subprocess
from pathlib import Path

from levelbench.model.config import ROOT

GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org")
SCRIPT = b"#!/usr/bin/env bash\n"


def test_a_checkout_has_line_feeds_whatever_git_is_configured_to(tmp_path: Path) -> None:
    r"""`env: 'bash\r': No such file or directory`"""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / ".gitattributes").write_bytes((ROOT / ".gitattributes").read_bytes())
    (folder / "run.sh").write_bytes(SCRIPT)
    for words in (
        ("init", "--quiet"),
        ("add", "--all"),
        ("commit", "--quiet", "--message=.", "--no-gpg-sign"),
    ):
        subprocess.run([*GIT, *words], check=True, cwd=folder)
    clone = tmp_path / "clone"
    options = ("-c", "core.autocrlf=true", "-c", "core.eol=crlf")
    subprocess.run(
        [*GIT, *options, "clone", "--quiet", *options, str(folder), str(clone)], check=True
    )
    assert (clone / "run.sh").read_bytes() == SCRIPT
