"""Which part of an application names which."""

from pathlib import Path

import pytest

from levelbench.contestants.code.source import App
from tests.unit.contestants.code.apps import write_app


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(write_app(tmp_path))


def reached(app: App, name: str) -> set[str]:
    (start,) = app.callables(name)
    return {part.label.removeprefix("app.") for part in app.reached(start)}


def test_a_function_reaches_what_it_names_and_what_that_names(app: App) -> None:
    assert reached(app, "list_orders") == {
        "orders.list_orders",
        "orders.PAGE_SIZE",
        "orders.read_page",
        "errors.invalid",  # as errors.invalid
        "models.Order",
        "models.Item",  # in quotes in an annotation
        "serializers.order_json",  # by a relative import
    }


def test_decorators_count_and_names_are_followed_through_those_who_hand_them_on(app: App) -> None:
    assert reached(app, "register") == {
        "auth.register",
        "auth.counted",
        "errors.require",
        "models.now",  # imported from orders, which imports it
    }


def test_attributes_keywords_and_local_names_are_no_names_of_the_module(app: App) -> None:
    found = reached(app, "login")
    assert found == {"auth.login", "auth.counted", "errors.require"}


def test_a_part_is_as_it_stands_in_the_file_decorators_included(app: App) -> None:
    (register,) = app.callables("register")
    assert register.text.startswith("@counted\n@counted\nasync def register(request):\n")
    assert register.text.endswith('return f"{"nested" + request}"\n')
    assert (register.path, register.line) == ("app/auth.py", 14)
    assert (register.lines, register.decisions) == (9, 2)


def test_what_a_tool_has_written_is_left_out(app: App) -> None:
    assert {part.path for part in app.parts} == {
        "app/auth.py",
        "app/errors.py",
        "app/models.py",
        "app/orders.py",
        "app/serializers.py",
    }
