"""A report's folder names no host, no user, no place on this machine, no token."""

import getpass
import os
import re
from pathlib import Path

from levelbench import report
from tests.unit.factories import write_run
from tests.unit.factories.standard import standard_run

TOKEN = re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}\.")
"""A JSON Web Token: its header begins with `{"`, which is `eyJ` in base64."""
LIBRARIES = re.compile(r"<script>.*?</script>", re.DOTALL)
"""Minified, so that any short word is in them. Data has a script element with a type."""


def test_nothing_that_is_written_tells_where_it_was_made(tmp_path: Path) -> None:
    run = standard_run(blocks=1, others=1)
    write_run(tmp_path, run)
    report.build(tmp_path)
    names = {os.uname().nodename, str(Path.home()) + "/", str(tmp_path)}
    user = getpass.getuser()
    if user != "root":  # which is a word of its own
        names.add(user)
    named = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > len(run.trials)
    for path in files:
        text = LIBRARIES.sub("", path.read_text(encoding="utf-8"))
        assert not TOKEN.search(text), path
        assert not named.search(text), path
