"""Parity rule "server settings": PostgreSQL's settings, without overrides per role or database."""

import re

from levelbench.model.config import COMPOSE_FILE
from levelbench.verify.parity.ground import Ground

CONFIGURATION = COMPOSE_FILE.parent / "postgres" / "postgresql.conf"
CHECKED = ("fsync", "synchronous_commit", "full_page_writes", "jit", "autovacuum",
           "max_connections", "shared_buffers", "checkpoint_timeout")  # fmt: skip
DEFAULTS = {"full_page_writes": "on"}

_OVERRIDES_SQL = """
SELECT coalesce(string_agg(array_to_string(setconfig, ', '), '; '), 'none') FROM pg_db_role_setting
"""


def audit(ground: Ground) -> None:
    """Compare the running server with the lab's configuration file."""
    configured = configuration(CONFIGURATION.read_text(encoding="utf-8"))
    wanted = {name: configured.get(name, DEFAULTS.get(name, "")) for name in CHECKED}
    seen = {name: ground.sql(f"SHOW {name}") for name in CHECKED}
    ground.record("server settings", "PostgreSQL", _shown(wanted), _shown(seen))
    ground.record(
        "server settings", "overrides by roles and databases", "none", ground.sql(_OVERRIDES_SQL)
    )


def configuration(text: str) -> dict[str, str]:
    """Parse a postgresql.conf: name -> value."""
    return dict(re.findall(r"^(\w+) = '?([^'#\n]*?)'?\s*(?:#.*)?$", text, re.MULTILINE))


def _shown(settings: dict[str, str]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in settings.items())
