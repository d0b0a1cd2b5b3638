"""Checks of a guest: its caps, the server's settings, its own schema and its own journey.

    audit(running, say) -> Audit: the ledger's lines

A guest does no equal work: no rule of the contract or of parity applies to it.
"""

from levelbench.lab import prepare
from levelbench.lab.up import Running
from levelbench.verify.contract import Subject
from levelbench.verify.parity import Audit, Say, caps, settings
from levelbench.verify.parity.ground import Ground

MIGRATED = "Migrated"
"""Database that only bin/migrate has been run on. No service has a capital in its name."""
_TABLES_SQL = """
SELECT coalesce(string_agg(tablename, ', ' ORDER BY tablename), 'none') FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""


def audit(running: Running, say: Say) -> Audit:
    """Check a guest that is up. Raises ContestantError for a journey that fails."""
    with Subject(running.endpoint) as subject:
        ground = Ground(running, subject)
        say("behaviour")
        _journey(ground)
        say("schema and indexes")
        _schema(ground)
        say("CPU and memory")
        caps.audit(ground)
        say("server settings")
        settings.audit(ground)
    return Audit(tuple(ground.entries), {})


def _journey(ground: Ground) -> None:
    """Check that each request of the journey passes its checks."""
    lab, journey = ground.running.lab, ground.running.contestant.service.journey
    assert journey is not None
    lab.seats[0].generator.try_journey(journey, lab.config.limits.prepare_timeout_s)
    ground.record("behaviour", "requests of the journey pass their checks", "yes", "yes")


def _schema(ground: Ground) -> None:
    """Check that bin/migrate alone makes all tables."""
    lab = ground.running.lab
    prepare.migrate(lab, ground.running.contestant, MIGRATED)
    made = lab.database.psql(_TABLES_SQL, MIGRATED)
    found = ground.sql(_TABLES_SQL)
    ground.record("schema and indexes", "tables that bin/migrate makes", found, made)
