import io
import shutil
from pathlib import Path

import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from levelbench.contestants.diff import compare, pick, print_diff
from levelbench.contestants.discovery import SERVICES, discover
from levelbench.contestants.service import Service
from levelbench.errors import LabError

KNOWN = discover()


@pytest.fixture
def twins(tmp_path: Path) -> tuple[Service, Service]:
    """Two services with the same files but for their names."""
    for name in ("left", "right"):
        shutil.copytree(SERVICES / "starlette", tmp_path / name)
    return pick("left", "right", discover(tmp_path))


@pytest.mark.parametrize(
    ("a", "b", "cause"),
    [
        ("nope", "flask", r"there is no service 'nope'"),
        ("flask", "", "diff needs two services"),
        ("flask,django", "fastapi", "diff needs two services"),
        ("flask", "flask ", "'flask' is on both sides"),
    ],
)
def test_needs_two_different_services(a: str, b: str, cause: str) -> None:
    with pytest.raises(LabError, match=cause):
        pick(a, b, KNOWN)


def test_takes_two_in_the_order_given() -> None:
    assert [service.name for service in pick("starlette", "fastapi", KNOWN)] == [
        "starlette",
        "fastapi",
    ]


def test_shows_what_differs(twins: tuple[Service, Service], snapshot: SnapshotAssertion) -> None:
    left, right = (service.folder for service in twins)
    for name, one, other in (
        ("extra.py", b"same\nhost = 1\ngone\n", b"new\nsame\nhost = 2\n"),
        ("bytes.py", b"a\r\n\xff", b"a\n\xff\n"),
    ):
        (left / "app" / name).write_bytes(one)
        (right / "app" / name).write_bytes(other)
    (left / "app" / "only.py").write_text("a\nb\n")
    (right / "app" / "main.py").unlink()
    for ignored in ("app/__pycache__/x.py", "requirements.lock"):
        (left / ignored).parent.mkdir(exist_ok=True)
        (left / ignored).write_text("x")
    spec = (left / "service.toml").read_text()
    (left / "service.toml").write_text(spec.replace("processes = 1\n", "processes = 2\n"))
    assert "\n".join(compare(*twins)) == snapshot


def test_an_exhibit_differs_by_its_own_files_only() -> None:
    lines = list(compare(*pick("starlette", "starlette-as-published", KNOWN)))
    assert [line for line in lines if line.startswith("=== ")][:-1] == [
        "=== app/main.py",
        "=== app/orders.py",
        "=== service.toml",
    ]
    assert not any(line.startswith("-role") for line in lines)


def test_prints_colours_in_a_terminal_only(twins: tuple[Service, Service]) -> None:
    (twins[0].folder / "bin" / "serve").write_text("[red]not markup[/] " + "x" * 300 + "\n")
    for terminal in (True, False):
        console = Console(
            file=io.StringIO(),
            force_terminal=terminal,
            color_system="standard" if terminal else "auto",
        )
        print_diff(*twins, console)
        shown = console.file.getvalue()  # type: ignore[attr-defined]
        assert "-[red]not markup[/] " + "x" * 300 in shown
        assert ("\x1b[31m" in shown) is terminal
