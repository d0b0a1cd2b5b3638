"""Recorded summaries of k6 (tests/data/k6/README.md), as they are or changed."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from levelbench.load.parser import parse_summary
from levelbench.load.summary import K6Error
from tests import DATA

Change = Callable[[dict[str, Any]], object]


def recorded(name: str) -> str:
    return (DATA / "k6" / f"{name}.json").read_text(encoding="utf-8")


def changed(name: str, change: Change) -> str:
    document = json.loads(recorded(name))
    change(document)
    return json.dumps(document)


def refusal(text: str) -> str:
    """The error with which a text is refused: one line."""
    with pytest.raises(K6Error) as caught:
        parse_summary(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def refusals(name: str, changes: dict[str, Change]) -> dict[str, str]:
    return {what: refusal(changed(name, change)) for what, change in changes.items()}
