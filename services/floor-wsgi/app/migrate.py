"""Makes the schema in an empty database: one file of SQL, in one transaction."""

from pathlib import Path

import psycopg

from app.settings import DATABASE_CONNECT_TIMEOUT_S, DATABASE_URL

SCHEMA = Path(__file__).with_name("schema.sql")

with psycopg.connect(DATABASE_URL, connect_timeout=DATABASE_CONNECT_TIMEOUT_S) as connection:
    connection.execute(SCHEMA.read_bytes())
