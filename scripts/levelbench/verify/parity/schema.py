"""Parity rule "schema and indexes": PostgreSQL's catalogue compared with the contract."""

import re
from collections.abc import Callable, Iterable

from levelbench.verify.parity.ground import Ground

# Table -> columns in the format of format_type; every column is NOT NULL unless marked.
COLUMNS = {
    "users": (
        "id bigint identity",
        "username character varying(32)",
        "password character varying(128)",
        "created_at timestamp with time zone",
    ),
    "orders": (
        "id bigint",
        "user_id bigint",
        "status character varying(16)",
        "total numeric(12,2)",
        "created_at timestamp(0) with time zone",
    ),
    "order_items": (
        "id bigint",
        "order_id bigint",
        "sku character varying(32)",
        "quantity integer",
        "unit_price numeric(12,2)",
    ),
    "tasks": (
        "id uuid",
        "order_id bigint",
        "status character varying(16)",
        "result jsonb null",
        "created_at timestamp with time zone",
        "finished_at timestamp with time zone null",
    ),
}
KEYS = {
    "users": ("primary (id)", "unique (username)"),
    "orders": ("foreign (user_id) -> users (id)", "primary (id)"),
    "order_items": ("foreign (order_id) -> orders (id)", "primary (id)"),
    "tasks": ("primary (id)",),
}
INDEXES = {
    "users": ("btree (id) unique", "btree (username) unique"),
    "orders": ("btree (created_at DESC, id DESC)", "btree (id) unique", "btree (user_id)"),
    "order_items": ("btree (id) unique", "btree (order_id)"),
    "tasks": ("btree (id) unique",),
}
LAB_EXTENSION = ("pg_stat_statements", "pg_stat_statements_info")

# attidentity: https://www.postgresql.org/docs/17/catalog-pg-attribute.html
_COLUMNS_SQL = """
SELECT json_object_agg(relname, columns) FROM (
  SELECT c.relname, json_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attidentity <> '' THEN 'identity' END,
    CASE WHEN NOT a.attnotnull THEN 'null' END,
    CASE WHEN d.oid IS NOT NULL THEN 'default ' || pg_get_expr(d.adbin, d.adrelid) END)
    ORDER BY a.attname) AS columns
  FROM pg_class AS c
  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace
  GROUP BY c.relname) AS t
"""
_CONSTRAINTS_SQL = """
SELECT coalesce(json_agg(json_build_array(conrelid::regclass::text, contype,
  pg_get_constraintdef(oid))), '[]')
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
"""
_INDEXES_SQL = """
SELECT coalesce(json_agg(json_build_array(tablename, indexname, indexdef)), '[]')
FROM pg_indexes WHERE schemaname = 'public'
"""
# Unlogged tables are not durable; storage options change the work.
_STORAGE_SQL = """
SELECT coalesce(string_agg(concat_ws(' ', relname,
  CASE relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' END, reloptions::text),
  ', ' ORDER BY relname), 'none')
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i', 'p', 'm')
  AND (relpersistence <> 'p' OR reloptions IS NOT NULL)
"""
_TRIGGERS_SQL = """
SELECT coalesce(string_agg(tgname, ', '), 'none') FROM pg_trigger WHERE NOT tgisinternal
"""


def audit(ground: Ground) -> None:
    """Check columns, keys, indexes, additional tables and triggers."""
    tables: dict[str, list[str]] = ground.json(_COLUMNS_SQL)
    extra = sorted(set(tables) - set(COLUMNS) - set(LAB_EXTENSION))
    ground.record("schema and indexes", "additional tables, as declared",
                _list(sorted(ground.spec.extra_tables)), _list(extra))  # fmt: skip
    constraints = _by_table(ground.json(_CONSTRAINTS_SQL), _key)
    indexes = _by_table(ground.json(_INDEXES_SQL), _index)
    for table in COLUMNS:
        ground.record("schema and indexes", f"columns of {table}",
                    _list(sorted(COLUMNS[table])), _list(tables.get(table, [])))  # fmt: skip
        ground.record("schema and indexes", f"keys of {table}",
                    _list(sorted(KEYS[table])), _list(constraints.get(table, [])))  # fmt: skip
        ground.record("schema and indexes", f"indexes of {table}",
                    _list(sorted(INDEXES[table])), _list(indexes.get(table, [])))  # fmt: skip
    ground.record("schema and indexes", "triggers", "none", ground.sql(_TRIGGERS_SQL))
    ground.record("schema and indexes", "unlogged tables, storage options", "none",
                ground.sql(_STORAGE_SQL))  # fmt: skip


def _by_table(
    rows: Iterable[tuple[str, str, str]], shown: Callable[[str, str], str]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, kind, definition in rows:
        found.setdefault(table, []).append(shown(kind, definition))
    return {table: sorted(values) for table, values in found.items()}


def _key(kind: str, definition: str) -> str:
    """A constraint without the parts that do not change the work: names, deferral."""
    names = {"p": "primary", "u": "unique", "f": "foreign", "c": "check"}
    columns = re.sub(r"^(PRIMARY KEY|UNIQUE|FOREIGN KEY|CHECK) ", "", definition)
    columns = re.sub(r"( NOT VALID| DEFERRABLE| INITIALLY DEFERRED)", "", columns)
    columns = re.sub(r" REFERENCES (\w+)\(", r" -> \1 (", columns)
    return f"{names.get(kind, kind)} {columns}"


def _index(name: str, definition: str) -> str:
    method = definition.partition(" USING ")[2]
    return method + (" unique" if definition.startswith("CREATE UNIQUE") else "")


def _list(values: list[str]) -> str:
    return "; ".join(values) or "none"
