"""Runs the migrations on a synchronous engine: Alembic needs no event loop."""

from alembic import context
from sqlalchemy import create_engine, make_url, pool

from app.models import Base
from app.settings import DATABASE_CONNECT_TIMEOUT_S, DATABASE_URL

engine = create_engine(
    make_url(DATABASE_URL).set(drivername="postgresql+psycopg"),
    poolclass=pool.NullPool,
    connect_args={"connect_timeout": DATABASE_CONNECT_TIMEOUT_S},
)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
