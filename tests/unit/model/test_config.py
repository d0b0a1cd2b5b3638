from pathlib import Path

import pytest

from levelbench.errors import LabError
from levelbench.model.config import CONFIG_FILE, load_config


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = CONFIG_FILE.read_text()
    assert old in text
    path = tmp_path / "levelbench.toml"
    path.write_text(text.replace(old, new))
    return path


def test_reads_the_shipped_file() -> None:
    config = load_config()
    assert set(config.profiles) == {"smoke", "quick", "standard", "paired", "article", "nightly"}
    assert config.caps.service.memory_mib == 1024
    assert config.caps.service.cpus == 1.0


@pytest.mark.parametrize("name", ["standard", "paired", "nightly"])
def test_a_publishable_profile_measures_more_starts_with_shorter_windows(name: str) -> None:
    profile = load_config().profile(name)
    assert profile.publishable
    assert profile.control == (name != "paired")
    assert profile.workloads["closed"] >= 20
    assert profile.closed_window_s < profile.measure_s


def test_a_window_of_less_than_a_second_is_an_error(tmp_path: Path) -> None:
    path = changed(tmp_path, "closed_measure_s = 10", "closed_measure_s = 0")
    with pytest.raises(LabError, match=r"closed_measure_s"):
        load_config(path)


def test_names_file_and_field_of_what_is_missing(tmp_path: Path) -> None:
    path = changed(tmp_path, "vus = 100\n", "")
    with pytest.raises(LabError, match=r"levelbench\.toml: load\.vus: Field required"):
        load_config(path)


def test_refuses_a_field_it_does_not_know(tmp_path: Path) -> None:
    path = changed(tmp_path, "vus = 100\n", "vus = 100\nvu = 3\n")
    with pytest.raises(LabError, match=r"load\.vu: Extra inputs"):
        load_config(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("users = 100 ", "users = 3000 ", r"load\.users: .* 2000"),
        ("vus = 100\n", "vus = 1_000_000\n", r"load\.vus: .* 20000"),
        ("cpus = 1.0", "cpus = 0.001", r"caps\.service\.cpus: .* 0\.01"),
        ("memory_mib = 1024", "memory_mib = 1", r"caps\.service\.memory_mib: .* 6"),
        ('"redis:8.0.2"', '"Redis:8.0.2"', r"images\.redis: .*in lowercase"),
        ("[caps.worker]\n", "[caps.worker]\ncpus = 2.0\n", r"caps\.worker\.cpus: Extra inputs"),
        ("cpus = 1.0", "cpus = inf", r"caps\.service\.cpus: .*finite"),
    ],
    ids=["users", "vus", "little-cpu", "little-memory", "upper-case", "cap-of-nothing", "endless"],
)
def test_refuses_what_would_have_no_effect_or_no_room(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(LabError, match=message):
        load_config(changed(tmp_path, old, new))


def test_refuses_what_is_no_toml(tmp_path: Path) -> None:
    path = changed(tmp_path, "[load]", "[load")
    with pytest.raises(LabError, match="is not valid TOML"):
        load_config(path)


def test_refuses_weights_that_are_not_percent(tmp_path: Path) -> None:
    path = changed(tmp_path, "task = 4", "task = 5")
    with pytest.raises(LabError, match="add up to 100"):
        load_config(path)


def test_names_the_profiles_there_are() -> None:
    with pytest.raises(LabError, match=r"no profile 'nope'.*quick, standard, paired"):
        load_config().profile("nope")


def test_a_profile_with_an_unknown_workload_is_an_error(tmp_path: Path) -> None:
    path = changed(tmp_path, "open = 5,", "opened = 5,")
    with pytest.raises(LabError, match=r"profiles\.nightly.*workloads has opened; known"):
        load_config(path)


def test_the_environment_may_name_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = changed(tmp_path, "vus = 100\n", "vus = 7\n")
    monkeypatch.setenv("LEVELBENCH_CONFIG", str(path))
    assert load_config().load.vus == 7


@pytest.mark.parametrize(
    "reference",
    ["localhost:5000/redis:8", "Mirror.example/library/redis:8@sha256:ab", "my__redis/x-1.y:8"],
)
def test_an_image_may_have_any_name_that_registries_have(tmp_path: Path, reference: str) -> None:
    path = changed(tmp_path, '"redis:8.0.2"', f'"{reference}"')
    assert load_config(path).images.redis == reference


def test_a_file_that_windows_saved_is_read(tmp_path: Path) -> None:
    """A byte order mark was "Invalid statement (at line 1, column 1)"."""
    path = tmp_path / "levelbench.toml"
    text = CONFIG_FILE.read_text().replace("\n", "\r\n")
    path.write_bytes(text.encode("utf-8-sig"))
    assert load_config(path) == load_config()


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "levelbench.toml"
    path.write_bytes("# one\n# café\n".encode("latin-1"))
    with pytest.raises(LabError, match=r"levelbench\.toml, line 2: not UTF-8"):
        load_config(path)


@pytest.mark.parametrize("name", [".", "nope.toml"])
def test_a_variable_that_names_no_file_is_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEVELBENCH_CONFIG", str(tmp_path / name))
    with pytest.raises(LabError, match=r"^LEVELBENCH_CONFIG is .* no file"):
        load_config()


def test_more_users_than_the_load_generator_has_memory_for_are_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, "users_max = 1_000", "users_max = 5_000")
    with pytest.raises(LabError, match=r"session\.users_max is 5000 users .* caps\.k6\.memory_mib"):
        load_config(path)
