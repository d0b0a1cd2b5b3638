"""The extensions, made here and bound to the application in `create_app`."""

from datetime import datetime

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, registry


class Base(DeclarativeBase):
    # Flask-SQLAlchemy derives db.Model from this class and takes a map on the registry only.
    registry = registry(type_annotation_map={int: BigInteger, datetime: TIMESTAMP(timezone=True)})


# Rows are read after the commit too; without the option that would select them again.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate()
