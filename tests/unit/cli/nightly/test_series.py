import re

import pytest

from levelbench.cli.nightly import series
from levelbench.contestants.discovery import discover
from levelbench.errors import LabError
from levelbench.model.config import load_config

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
