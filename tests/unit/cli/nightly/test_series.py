import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from levelbench import report
from levelbench.cli.nightly import series
from levelbench.contestants.discovery import discover
from levelbench.errors import LabError
from levelbench.model.config import load_config
from levelbench.model.folder import load_run
from levelbench.model.run import RunArguments, RunRecord
from tests.unit.analysis.two_runs.pairs import THROUGHPUT, repeated
from tests.unit.factories import NOISY, make_run, write_run

EPYC = "AMD EPYC 7763 64-Core Processor"


def name(
    profile: str = "nightly",
    services: str = "",
    workload: str = "",
    cpu_model: str | None = EPYC,
    cores: int = 2,
) -> str:
    return series.name(profile, services, workload, load_config(), discover(), cpu_model, cores)


def test_it_names_profile_and_machine() -> None:
    assert name() == "levelbench-nightly-amd-epyc-7763-64-core-processor-2-cores"


def test_what_was_chosen_stands_in_it() -> None:
    assert name("smoke", "fastapi", "open,closed", EPYC, 4) == (
        "levelbench-smoke-fastapi-closed,open-amd-epyc-7763-64-core-processor-4-cores"
    )


def test_the_order_in_which_things_are_chosen_makes_no_other_series() -> None:
    assert name(services="flask, fastapi") == name(services="fastapi,flask")
    assert name(workload="open,closed") == name(workload=" closed,open")


@pytest.mark.parametrize(
    "other",
    [
        name(profile="standard"),
        name(services="flask"),
        name(workload="closed"),
        name(cpu_model="AMD EPYC 9V74 80-Core Processor"),
        name(cores=4),
    ],
)
def test_what_cannot_be_compared_is_another_series(other: str) -> None:
    assert other != name()


def test_counts_of_one_vendor_are_one_series() -> None:
    assert name("count") == name("count", cpu_model="AMD EPYC 9V74 80-Core Processor", cores=4)
    assert name("count") == "levelbench-count-amd"
    assert name("count", "flask", cpu_model="Intel(R) Xeon(R)") == "levelbench-count-flask-intel"


@pytest.mark.parametrize(
    "model",
    ["Intel(R) Xeon(R) Platinum 8370C CPU @ 2.80GHz", "a/b\\c:d'e<f>|g*h?i\r\n", None],
)
def test_it_can_stand_in_a_file_name_and_an_address(model: str | None) -> None:
    assert re.fullmatch(r"[a-z0-9.,-]+", name(cpu_model=model))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"profile": "nonesuch"}, "there is no profile 'nonesuch'"),
        ({"services": "flask';id;'"}, "there is no service"),
        ({"workload": "$(id)"}, "there is no workload"),
    ],
)
def test_what_the_lab_does_not_know_is_refused(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(LabError, match=re.escape(said)):
        name(**wrong)


def kept(reports: Path, run_id: str, days: int = 0, **changes: Any) -> RunRecord:
    """A run in `reports`, with its report."""
    run = repeated(days, run_id=run_id, run=make_run(throughput=THROUGHPUT, **changes))
    started = run.record.started_at + timedelta(days=days)
    record = run.record.model_copy(update={"started_at": started})
    report.build(write_run(reports / run_id, run.model_copy(update={"record": record})))
    return record


def test_the_last_run_of_a_series_is_the_one_before(tmp_path: Path) -> None:
    for day in range(3):
        kept(tmp_path, f"2026010{2 + day}-030405-quick", day)
    now = kept(tmp_path, "20260105-030405-quick", 3)
    assert series.last(now, tmp_path) == tmp_path / "20260104-030405-quick"


@pytest.mark.parametrize(
    "changes",
    [
        {"profile": "standard"},
        {"cores": 4},
        {"measured_blocks": 4},
        {"control_factor": NOISY},
        {"choices": RunArguments(workloads={"closed": 5}, mix="uniform", scale=1)},
    ],
    ids=["profile", "machine", "partial", "do not quote", "mix"],
)
def test_a_run_of_another_series_or_without_use_is_passed_over(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    kept(tmp_path, "20260102-030405-quick", 0, **changes)
    now = kept(tmp_path, "20260103-030405-quick", 1)
    assert series.last(now, tmp_path) is None


def test_a_run_is_compared_with_the_last_one_and_its_report_says_so(tmp_path: Path) -> None:
    kept(tmp_path, "20260102-030405-quick", 0)
    kept(tmp_path, "20260103-030405-quick", 1)
    folder = tmp_path / "20260103-030405-quick"
    series.record_since(folder, tmp_path)
    results = report.build(folder)
    assert results.since is not None
    assert results.since.run_id == "20260102-030405-quick"
    for name in ("report.md", "report.html"):
        assert "Since the last run (2 Jan 2026" in (folder / name).read_text()


def test_the_first_run_of_a_series_has_no_comparison(tmp_path: Path) -> None:
    kept(tmp_path, "20260102-030405-quick")
    (tmp_path / "note").write_text("")
    (tmp_path / "latest").symlink_to("20260102-030405-quick")
    folder = tmp_path / "20260102-030405-quick"
    series.record_since(folder, tmp_path)
    assert not (folder / "since.json").exists()
    assert load_run(folder).since is None
