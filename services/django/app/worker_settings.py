"""The settings of the worker: one task at a time needs one connection."""

from app.settings import *  # noqa: F403
from app.settings import DATABASES

DATABASES["default"]["OPTIONS"]["pool"] |= {"min_size": 1, "max_size": 1}
