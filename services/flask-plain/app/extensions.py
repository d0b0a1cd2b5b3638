"""The engine and its sessions: https://flask.palletsprojects.com/en/stable/patterns/sqlalchemy/"""

from datetime import datetime

from flask import Flask, abort
from flask_migrate import Migrate
from sqlalchemy import BigInteger, create_engine
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, scoped_session, sessionmaker

from app.settings import SQLALCHEMY_DATABASE_URI, SQLALCHEMY_ENGINE_OPTIONS


class Base(DeclarativeBase):
    type_annotation_map = {int: BigInteger, datetime: TIMESTAMP(timezone=True)}  # noqa: RUF012


engine = create_engine(SQLALCHEMY_DATABASE_URI, **SQLALCHEMY_ENGINE_OPTIONS)
# Rows are read after the commit too; without the option that would select them again.
session = scoped_session(sessionmaker(engine, expire_on_commit=False))


class Database:
    """What Flask-Migrate reads of Flask-SQLAlchemy."""

    engine = engine
    metadata = Base.metadata


migrate = Migrate()


def get_or_404[Entity](
    model: type[Entity], key: object, options: tuple[object, ...] = ()
) -> Entity:
    entity = session.get(model, key, options=options)
    if entity is None:
        abort(404)
    return entity


def init_app(app: Flask) -> None:
    migrate.init_app(app, Database)

    @app.teardown_appcontext
    def remove_session(exception: BaseException | None = None) -> None:
        session.remove()
