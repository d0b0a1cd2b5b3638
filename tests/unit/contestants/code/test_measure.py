"""What an endpoint's code costs, by the rule of docs/code-costs.md."""

import re
from functools import cache
from pathlib import Path

import pytest

from levelbench.contestants.code.measure import measure
from levelbench.contestants.discovery import discover
from levelbench.contestants.service import Service
from levelbench.model.code import Code, Size, summary
from levelbench.model.vocabulary import ENDPOINTS
from tests.unit.contestants.code.apps import AUTH, ORDERS, write_app

SERVICES = {n: s for n, s in discover().items() if not (s.base or s.spec.is_guest)}


def counted(folder: Path) -> Code:
    found = measure(folder)
    assert found is not None
    return found


contestants_code = cache(counted)  # a second each


class TestOfASmallApp:
    def test_an_endpoint_has_its_handler_and_what_few_endpoints_use(self, tmp_path: Path) -> None:
        listed = counted(write_app(tmp_path)).endpoints["list"]
        assert listed.parts == (
            "app.orders.list_orders",
            "app.errors.invalid",
            "app.orders.PAGE_SIZE",
            "app.orders.read_page",
            "app.serializers.order_json",
        )
        # 4 + 1 + 1 + 4 + 2 lines. Decisions of the list: if, for, if, or; of read_page: if.
        assert (listed.lines, listed.complexity) == (12, 6)

    def test_what_three_of_the_five_use_is_shared(self, tmp_path: Path) -> None:
        endpoints = counted(write_app(tmp_path)).endpoints
        users = {
            part: [name for name, endpoint in endpoints.items() if part in endpoint.parts]
            for part in ("app.models.Order", "app.errors.require", "app.models.now")
        }
        assert users["app.models.Order"] == []  # list, detail and task name it
        assert users["app.errors.require"] == []  # register, login and task
        assert users["app.models.now"] == ["register", "task"]

    def test_what_is_no_endpoints_is_shared(self, tmp_path: Path) -> None:
        found = counted(write_app(tmp_path))
        assert found.total.lines == 58
        # 7 of imports, 1 of errors.require, 6 of models.Order and Item, 2 without a reference
        assert found.shared == Size(lines=16, complexity=2)

    def test_dependencies_are_counted(self, tmp_path: Path) -> None:
        found = counted(write_app(tmp_path))
        assert (found.dependencies_direct, found.dependencies_all) == (2, 3)

    def test_the_lists_source_is_kept_the_handler_first(self, tmp_path: Path) -> None:
        source = counted(write_app(tmp_path)).source
        assert [(passage.path, passage.line) for passage in source[:2]] == [
            ("app/orders.py", 19),
            ("app/errors.py", 2),
        ]
        assert source[0].text.startswith("def list_orders(request):\n")

    def test_comments_and_blank_lines_change_nothing(self, tmp_path: Path) -> None:
        before = counted(write_app(tmp_path / "bare"))
        noisy = re.sub(r"(?m)^(\s*)(def |return )", r"\n\1# why\n\1\2", ORDERS)
        after = counted(write_app(tmp_path / "noisy", orders=noisy + "\n\n# end\n"))
        assert noisy.count("\n") > ORDERS.count("\n")
        assert summary(after) == summary(before)

    def test_a_handler_that_splits_up_is_no_more_complex(self, tmp_path: Path) -> None:
        whole = "def login(a):\n    if a:\n        return 1\n    return a or 2\n"
        split = "def login(a):\n    if a:\n        return 1\n    return rest(a)\n\n\n" \
                "def rest(a):\n    return a or 2\n"  # fmt: skip
        found = [
            counted(write_app(tmp_path / name, auth=text)).endpoints["login"]
            for name, text in (("whole", whole), ("split", split))
        ]
        assert [endpoint.complexity for endpoint in found] == [3, 3]
        assert [endpoint.lines for endpoint in found] == [4, 6]

    def test_an_endpoint_without_its_handler_has_no_figure(self, tmp_path: Path) -> None:
        renamed = AUTH.replace("def login(", "def sign_in(")
        assert "login" not in counted(write_app(tmp_path, auth=renamed)).endpoints

    def test_a_handler_can_be_a_class(self, tmp_path: Path) -> None:
        text = "class ListOrders:\n    def on_get(self):\n        return []\n"
        found = counted(write_app(tmp_path, orders=text))
        assert found.endpoints["list"].parts == ("app.orders.ListOrders",)
        assert found.endpoints["list"].lines == 3

    def test_a_handlers_name_that_stands_twice_is_no_handler(self, tmp_path: Path) -> None:
        folder = write_app(tmp_path, serializers="def list_orders(): ...\n")
        assert "list" not in counted(folder).endpoints

    def test_an_app_that_cannot_be_read_has_no_figures(self, tmp_path: Path) -> None:
        assert measure(write_app(tmp_path / "broken", orders="def (\n")) is None
        assert measure(tmp_path / "nothing") is None


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
class TestOfTheContestants:
    def test_every_endpoint_has_figures(self, service: Service) -> None:
        found = contestants_code(service.folder)
        assert list(found.endpoints) == list(ENDPOINTS)
        for endpoint in found.endpoints.values():
            assert endpoint.lines > 0
            assert endpoint.complexity > 0
        assert found.shared.lines > 0
        assert found.total.lines > max(e.lines for e in found.endpoints.values())
        assert 0 < found.dependencies_direct < found.dependencies_all

    def test_the_list_shows_its_handler(self, service: Service) -> None:
        first, *_ = contestants_code(service.folder).source
        assert re.search(r"(?m)^(async def |def )list_orders\(|^class ListOrders\b", first.text)


def test_only_metrics_are_published(tmp_path: Path) -> None:
    published = summary(counted(write_app(tmp_path)))
    assert published.endpoints["list"] == Size(lines=12, complexity=6)
    assert "source" not in published.model_dump()
