import io
import re
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from levelbench.contestants.diff import (
    PLAIN_WIDTH,
    File,
    Pair,
    compare,
    pairs,
    pick,
    print_diff,
    spec_pairs,
    summary,
)
from levelbench.contestants.discovery import SERVICES, Service, discover
from levelbench.errors import LabError

KNOWN = discover()


def texts(rows: list[Pair]) -> list[tuple[str | None, str | None]]:
    return [(one.text if one else None, other.text if other else None) for one, other in rows]


def printed(a: Service, b: Service, console: Console | None = None) -> str:
    file = io.StringIO()
    if console is None:
        console = Console(file=file, soft_wrap=True)
    else:
        console.file = file
    print_diff(a, b, console)
    return file.getvalue()


@pytest.fixture
def twins(tmp_path: Path) -> tuple[Service, Service]:
    """Two services that are alike but for their names."""
    for name in ("left", "right"):
        shutil.copytree(SERVICES / "starlette", tmp_path / name)
    return pick("left", "right", discover(tmp_path))


class TestPick:
    def test_takes_two_in_the_order_given(self) -> None:
        a, b = pick("starlette", "fastapi", discover())
        assert (a.name, b.name) == ("starlette", "fastapi")

    @pytest.mark.parametrize(("a", "b"), [("nope", "flask"), ("flask", "nope")])
    def test_names_what_there_is(self, a: str, b: str) -> None:
        with pytest.raises(LabError, match=r"no service 'nope'\. Choose from: .*django"):
            pick(a, b, discover())

    @pytest.mark.parametrize(
        ("a", "b"),
        [("flask", ""), ("", "flask"), ("", ""), ("flask,django", "fastapi"), (",", "flask")],
    )
    def test_refuses_any_other_number_than_two(self, a: str, b: str) -> None:
        with pytest.raises(LabError, match="diff needs two services"):
            pick(a, b, discover())

    def test_refuses_one_with_itself(self) -> None:
        with pytest.raises(LabError, match="'flask' is the same on both sides"):
            pick("flask", "flask ", discover())


class TestPairs:
    def test_equal_lines_stand_beside_each_other(self) -> None:
        assert texts(pairs(["a", "b", "c"], ["a", "c"])) == [("a", "a"), ("b", None), ("c", "c")]

    def test_similar_lines_stand_beside_each_other(self) -> None:
        left = ["# none", "async def list_orders(session, page):", "    return page"]
        right = ["async def list_orders(request):", "    page = read_page(request)"]
        assert texts(pairs(left, right)) == [
            (left[0], None),
            (left[1], right[0]),
            (left[2], right[1]),
        ]

    def test_lines_with_nothing_in_common_fill_rows_from_above(self) -> None:
        assert texts(pairs(["aaaa", "bbbb"], ["1111", "2222", "3333"])) == [
            ("aaaa", "1111"),
            ("bbbb", "2222"),
            (None, "3333"),
        ]

    def test_numbers_are_those_of_the_files(self) -> None:
        rows = pairs(["a", "b", "c"], ["x" * 9, "b"])
        assert [(one and one.number, other and other.number) for one, other in rows] == [
            (1, 1),
            (2, 2),
            (3, None),
        ]

    @pytest.mark.parametrize(("left", "right"), [([], []), (["a"], []), ([], ["a"])])
    def test_a_text_may_be_empty(self, left: list[str], right: list[str]) -> None:
        assert texts(pairs(left, right)) == [(line, None) for line in left] + [
            (None, line) for line in right
        ]

    @pytest.mark.parametrize("other", ["fastapi", "flask", "starlette"])
    def test_every_line_is_there_once_and_in_its_order(self, other: str) -> None:
        for file in compare(KNOWN["django"], KNOWN[other]):
            left, right = list(file.left or ()), list(file.right or ())
            rows = pairs(left, right)
            assert [one.text for one, _ in rows if one] == left
            assert [one.number for one, _ in rows if one] == list(range(1, len(left) + 1))
            assert [two.text for _, two in rows if two] == right
            assert [two.number for _, two in rows if two] == list(range(1, len(right) + 1))
            assert (None, None) not in rows


class TestCompare:
    def test_has_every_file_of_both_once(self) -> None:
        paths = [file.path for file in compare(KNOWN["django"], KNOWN["fastapi"])]
        assert len(paths) == len(set(paths))
        assert {"app/views.py", "app/main.py", "manage.py", "alembic.ini", "bin/serve"} <= set(
            paths
        )
        assert "requirements.lock" not in paths

    def test_shows_the_app_first(self) -> None:
        tops = [file.path.split("/")[0] for file in compare(KNOWN["flask"], KNOWN["django"])]
        order = list(dict.fromkeys(tops))
        assert order[:5] == ["app", "migrations", "bin", "gunicorn.conf.py", "Dockerfile"]

    def test_leaves_caches_out(self, twins: tuple[Service, Service]) -> None:
        before = compare(*twins)
        for cache in ("app/__pycache__", ".mypy_cache"):
            (twins[0].folder / cache).mkdir(exist_ok=True)
            (twins[0].folder / cache / "x.py").write_text("x")
        assert compare(*twins) == before

    @pytest.mark.parametrize(
        ("content", "lines"),
        [
            (b"", ()),
            (b"\n", ("",)),
            (b"a\n", ("a",)),
            (b"a", ("a", "\\ no newline at the end")),
            (b"a\r\n", ("a\\r",)),
            (b"\xff\n", ("\\xff",)),
            (b"a\x0cb\n", ("a\x0cb",)),
        ],
    )
    def test_files_that_differ_by_a_byte_differ_by_a_line(
        self, twins: tuple[Service, Service], content: bytes, lines: tuple[str, ...]
    ) -> None:
        (twins[0].folder / "app" / "main.py").write_bytes(content)
        found = {file.path: file for file in compare(*twins)}
        assert found["app/main.py"].left == lines


class TestPrinted:
    def test_says_what_is_identical(self, twins: tuple[Service, Service]) -> None:
        shown = printed(*twins)
        count = len((twins[0].folder / "app" / "models.py").read_text().splitlines())
        assert f"identical: app/models.py, {count} lines" in shown
        assert "0 files different" in shown
        assert "|" not in shown

    def test_names_a_file_that_one_has_alone(self, twins: tuple[Service, Service]) -> None:
        (twins[0].folder / "app" / "extra.py").write_text("a\nb\n")
        (twins[1].folder / "app" / "main.py").unlink()
        shown = printed(*twins)
        assert "only in left: app/extra.py, 2 lines" in shown
        assert re.search(r"only in left: app/main\.py, \d+ lines", shown)
        assert "only in right" not in shown.rpartition("---")[0]

    def test_marks_what_is_changed_added_and_removed(self, twins: tuple[Service, Service]) -> None:
        left, right = (service.folder / "app" / "extra.py" for service in twins)
        left.write_text("same\nhost = 1\ngone\n")
        right.write_text("new\nsame\nhost = 2\n")
        lines = [line.split() for line in printed(*twins).splitlines()]
        assert [">", "1", "new"] in lines
        assert ["1", "same", "2", "same"] in lines
        assert ["2", "host", "=", "1", "|", "3", "host", "=", "2"] in lines
        assert ["3", "gone", "<"] in lines

    def test_is_plain_text_of_its_own_width_where_there_is_no_terminal(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("COLUMNS", raising=False)
        lines = printed(*pick("fastapi", "starlette", discover())).splitlines()
        assert not any("\x1b" in line or line != line.rstrip() for line in lines)
        assert max(map(len, lines)) == PLAIN_WIDTH

    def test_takes_the_width_that_is_asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "100")
        lines = printed(*pick("fastapi", "starlette", discover())).splitlines()
        assert max(map(len, lines)) == 100

    def test_follows_a_terminal_in_width_and_colour(self) -> None:
        terminal = Console(force_terminal=True, width=90, color_system="standard", soft_wrap=True)
        shown = printed(*pick("fastapi", "starlette", discover()), terminal)
        assert "\x1b[33m" in shown
        plain = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
        assert max(map(len, plain)) == 90

    @pytest.mark.parametrize("width", [40, 80, 160])
    def test_cuts_nothing(
        self, twins: tuple[Service, Service], width: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", str(width))
        text = "x" * 333 + " [red]not markup[/] :smile: " + "y" * 222
        (twins[0].folder / "app" / "extra.py").write_text(f"{text}\n")
        (twins[1].folder / "app" / "extra.py").write_text("short\n")
        shown = printed(*twins)
        together = re.sub(r"\s|short|1|\|", "", shown[shown.index("app/extra.py -") :])
        assert re.sub(r"\s", "", text) in together

    def test_shows_of_service_toml_what_differs(self) -> None:
        shown = printed(*pick("fastapi", "starlette", discover()))
        assert 'display_name = "FastAPI"' in shown
        assert 'orm = "' not in shown


class TestSpecPairs:
    def test_has_a_key_of_either_and_a_choice_of_either(
        self, twins: tuple[Service, Service]
    ) -> None:
        left, right = (service.folder / "service.toml" for service in twins)
        left.write_text(left.read_text().replace("workers = 1", "workers = 2"))
        right.write_text(
            right.read_text().replace('extra_tables = ["alembic_version"]', 'extra_tables = ["t"]')
            + '\n[[choices]]\nwhat = "w"\nwhy = "y"\nsource = "lab-equalised: data"\n'
        )
        assert texts(spec_pairs(*twins)) == [
            ("workers = 2", "workers = 1"),
            ('extra_tables = ["alembic_version"]', 'extra_tables = ["t"]'),
            (None, "w (y; lab-equalised: data)"),
        ]

    def test_is_empty_for_the_same(self, twins: tuple[Service, Service]) -> None:
        assert spec_pairs(*twins) == []


def test_the_summary_counts_files_and_lines() -> None:
    files = [
        File("a", ("1", "2"), ("1", "2")),
        File("b", (), ()),
        File("c", ("1",), ("2", "3")),
        File("d", (), ("1",)),
        File("e", ("1",), None),
        File("f", None, ("1", "2", "3")),
        File("g", None, ()),
    ]
    assert summary(files, "x", "y") == (
        "2 files identical (2 lines); 2 files different (x: 1 line, y: 3 lines); "
        "1 file only in x (1 line); 2 files only in y (3 lines)"
    )


class TestExhibit:
    """It is built from its contestant's files, so that a diff shows the handler and no more."""

    def test_differs_by_what_it_has_of_its_own(self) -> None:
        base, exhibit = pick("starlette", "starlette-as-published", KNOWN)
        different = [file.path for file in compare(base, exhibit) if file.left != file.right]
        assert different == ["app/main.py", "app/orders.py"]

    def test_differs_by_the_keys_of_its_own(self) -> None:
        base, exhibit = pick("starlette", "starlette-as-published", KNOWN)
        keys = {
            line.text.partition(" = ")[0]
            for pair in spec_pairs(base, exhibit)
            for line in pair
            if line
        }
        assert keys == {"display_name", "role", "exhibit"}
