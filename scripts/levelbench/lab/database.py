"""PostgreSQL of a run: template databases, restore, row counts, tasks, settings.

Every statement goes through psql in the server's own container: no port is published for it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from levelbench.lab.dataset import Rows
from levelbench.lab.site import Site

OWNER = "contestant"
"""The role every contestant connects as: owner of its database, no superuser."""
WORKER = "contestant_worker"
"""The role of the contestant's worker: a member of the owner."""
COLUMNS = {
    "users": "id, username, password, created_at",
    "orders": "id, user_id, status, total, created_at",
    "order_items": "id, order_id, sku, quantity, unit_price",
}
# What is recorded of the server with each trial: whatever its configuration file or the lab set.
SETTINGS_SQL = """
SELECT json_object_agg(name, current_setting(name)) FROM pg_settings
WHERE source IN ('configuration file', 'command line') AND name NOT LIKE '%\\_file'
  AND name NOT IN ('data_directory', 'listen_addresses')
"""
TASK_TABLE_SQL = """
COPY (
  SELECT status, round(1000 * extract(epoch FROM created_at), 3) AS created_epoch_ms,
    round(1000 * extract(epoch FROM finished_at), 3) AS finished_epoch_ms
  FROM tasks ORDER BY created_at, id
) TO STDOUT (FORMAT csv, HEADER)
"""
TASKS_SQL = """
SELECT json_build_object(
  'rows', count(*),
  'open', count(*) FILTER (WHERE status IN ('pending', 'running')),
  'completed', count(*) FILTER (WHERE status = 'succeeded'))
FROM tasks
"""


@dataclass(frozen=True)
class TaskCount:
    """The tasks table at one moment."""

    rows: int
    open: int
    """Neither succeeded nor failed."""
    completed: int


class Database:
    """The run's PostgreSQL server."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def psql(self, sql: str, database: str = "postgres") -> str:
        """Run SQL as the superuser; the answer's rows, unaligned. Raises EngineError."""
        command = ["psql", "--quiet", "--no-psqlrc", "--tuples-only", "--no-align",
                   "--set=ON_ERROR_STOP=1", "--username=levelbench", f"--dbname={database}",
                   "--file=-"]  # fmt: skip
        return self._site.exec("postgres", command, stdin=sql).strip()

    def json(self, sql: str, database: str) -> Any:
        """The result of SQL that returns one JSON value, parsed. Raises EngineError."""
        return json.loads(self.psql(sql, database))

    def create_roles(self, password: str, worker_password: str) -> None:
        """Create the roles of contestant and worker. The passwords contain no quote."""
        self.psql(
            f"CREATE ROLE {OWNER} LOGIN PASSWORD '{password}';\n"
            f"CREATE ROLE {WORKER} LOGIN PASSWORD '{worker_password}' IN ROLE {OWNER};"
        )

    def create(self, name: str) -> None:
        """Create an empty database for a contestant to migrate."""
        self.psql(
            f'CREATE DATABASE "{name}" OWNER {OWNER};\n'
            f'\\connect "{name}"\nCREATE EXTENSION pg_stat_statements;'
        )

    def load(self, name: str, rows: Rows) -> None:
        """Load the dataset with COPY and move the identity of users past it."""
        copies = "".join(
            f"COPY {table} ({columns}) FROM STDIN;\n{getattr(rows, table)}\\.\n"
            for table, columns in COLUMNS.items()
        )
        move = "SELECT setval(pg_get_serial_sequence('users', 'id'), (SELECT max(id) FROM users));"
        self.psql(f"BEGIN;\n{copies}{move}\nCOMMIT;\nANALYZE;", name)

    def freeze(self, name: str) -> None:
        """Bring a template to rest: no hint bits, visibility or statistics left to settle."""
        self.psql("VACUUM (FREEZE, ANALYZE);", name)

    def restore(self, templates: Mapping[str, str]) -> None:
        """Recreate the databases of trials from their templates (database -> template), then run a
        checkpoint."""
        made = "".join(
            f"DROP DATABASE IF EXISTS {name} WITH (FORCE);\n"
            f'CREATE DATABASE {name} TEMPLATE "{template}" OWNER {OWNER};\n'
            for name, template in templates.items()
        )
        self.psql(f"{made}CHECKPOINT;")

    def users(self, name: str) -> int:
        """Rows in `users`."""
        return int(self.psql("SELECT count(*) FROM users", name))

    def tasks(self, name: str) -> TaskCount:
        """The state of the tasks table."""
        return TaskCount(**self.json(TASKS_SQL, name))

    def task_table(self, name: str) -> str:
        """Status and times of every task, for `tasks.parse`."""
        return self.psql(TASK_TABLE_SQL, name) + "\n"

    def settings(self) -> dict[str, str]:
        """The server's settings that are not its defaults."""
        return {name: str(value) for name, value in self.json(SETTINGS_SQL, "postgres").items()}
