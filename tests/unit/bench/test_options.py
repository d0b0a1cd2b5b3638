from dataclasses import replace
from typing import Any

import pytest

from levelbench.bench.options import Options
from levelbench.contestants.discovery import discover
from levelbench.contestants.selection import select
from levelbench.errors import LabError
from levelbench.model.config import load_config
from levelbench.model.vocabulary import Arrivals


def options(arrivals: Arrivals, *workloads: str) -> Options:
    return Options(
        profile_name="quick", profile=load_config().profile("quick"), services={}, workload="",
        workloads=dict.fromkeys(workloads, 5), seed=7, mix="journey", scale=1, source="auto",
        arrivals=arrivals,
    )  # fmt: skip


def guest_options(names: str, **changes: Any) -> Options:
    return replace(options("even", "closed"), services=select(names, discover()), **changes)


def test_open_loads_may_have_drawn_arrivals() -> None:
    options("poisson", "closed", "open-50").require_arrivals()
    options("even", "closed", "capacity").require_arrivals()


@pytest.mark.parametrize("names", [("closed",), ("open-50", "capacity")])
def test_other_loads_have_no_drawn_arrivals(names: tuple[str, ...]) -> None:
    with pytest.raises(LabError, match="cannot have poisson arrivals"):
        options("poisson", *names).require_arrivals()


class TestGuest:
    def test_is_measured_with_no_other_service(self) -> None:
        with pytest.raises(LabError, match=r"url-shortener is a guest, .* together with flask"):
            guest_options("url-shortener,flask").require_alone()
        guest_options("url-shortener").require_alone()
        guest_options("fastapi,flask").require_alone()

    @pytest.mark.parametrize("workload", ["closed", "open-50", "open-80", "capacity"])
    def test_has_loads_of_its_own_journey(self, workload: str) -> None:
        guest_options("url-shortener", workloads={workload: 1}).require_served(load_config().load)

    @pytest.mark.parametrize(
        "changes",
        [
            {"workloads": {"endpoints": 1}},
            {"workloads": {"closed-no-auth": 1}},
            {"workloads": {"list": 1}},
            {"mix": "uniform"},
            {"scale": 2},
        ],
    )
    def test_has_no_endpoints_mix_or_dataset_of_the_contract(self, changes: dict[str, Any]) -> None:
        options = guest_options("url-shortener", **changes)
        with pytest.raises(LabError, match=r"url-shortener is a guest: .*WORKLOAD=closed, open"):
            options.require_served(load_config().load)
