from pathlib import Path

import pytest

from levelbench.contestants.discovery import discover
from levelbench.errors import LabError
from tests.unit.contestants.copied import edit


def test_a_missing_field_is_an_error_that_names_it(copy: Path) -> None:
    edit(copy / "fastapi" / "service.toml", 'role = "contestant"', "")
    with pytest.raises(LabError, match=r"fastapi/service\.toml: role: Field required"):
        discover(copy)


LINK = "https://fastapi.tiangolo.com/deployment/docker/#one-process-per-container"


@pytest.mark.parametrize("source", ["lab-equalised: data", "https://example.org/a#b"])
def test_the_source_of_a_choice_is_a_link_or_a_rule(copy: Path, source: str) -> None:
    edit(copy / "fastapi" / "service.toml", f'source = "{LINK}"', f'source = "{source}"')
    assert source in {choice.source for choice in discover(copy)["fastapi"].spec.choices}


@pytest.mark.parametrize(
    "source",
    [
        "because it is faster",
        "http://gunicorn.org/design/",
        "https://gunicorn",
        "https://gunicorn.org/design/ or so",
        "lab-equalised: ",
        "lab-equalised: keep-alive",
        "lab-equalised: processes, connections",
    ],
)
def test_another_source_is_an_error(copy: Path, source: str) -> None:
    edit(copy / "fastapi" / "service.toml", f'source = "{LINK}"', f'source = "{source}"')
    with pytest.raises(LabError, match=r"fastapi/service\.toml: choices\.0\.source: .* neither"):
        discover(copy)


class TestGuest:
    """Somebody's own service, of which the lab knows little."""

    @pytest.mark.parametrize("path", ["/health", "/"])
    def test_chooses_the_path_that_says_that_it_is_ready(self, folder: Path, path: str) -> None:
        spec = folder / "mine" / "service.toml"
        spec.write_text(spec.read_text() + f'ready = "{path}"\n')
        assert discover(folder)["mine"].spec.ready == path

    @pytest.mark.parametrize("path", ["health", "/a b", "/'; rm -rf /'", "/$(id)"])
    def test_a_path_is_part_of_no_shell_command(self, folder: Path, path: str) -> None:
        spec = folder / "mine" / "service.toml"
        spec.write_text(spec.read_text() + f'ready = "{path}"\n')
        with pytest.raises(LabError, match=r"service\.toml: ready: "):
            discover(folder)

    def test_a_contestant_has_the_path_of_the_contract(self, copy: Path) -> None:
        edit(copy / "fastapi/service.toml", "core = true\n", 'core = true\nready = "/up"\n')
        with pytest.raises(LabError, match='ready is not allowed for role "contestant"'):
            discover(copy)
