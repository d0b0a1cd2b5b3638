import pytest

from levelbench.bench.options import Options
from levelbench.errors import LabError
from levelbench.model.config import load_config
from levelbench.model.vocabulary import Arrivals


def options(arrivals: Arrivals, *workloads: str) -> Options:
    return Options(
        profile_name="quick", profile=load_config().profile("quick"), services={}, workload="",
        workloads=dict.fromkeys(workloads, 5), seed=7, mix="journey", scale=1, source="auto",
        arrivals=arrivals,
    )  # fmt: skip


def test_open_loads_may_have_drawn_arrivals() -> None:
    options("poisson", "closed", "open-50").require_arrivals()
    options("even", "closed", "capacity").require_arrivals()


@pytest.mark.parametrize("names", [("closed",), ("open-50", "capacity")])
def test_other_loads_have_no_drawn_arrivals(names: tuple[str, ...]) -> None:
    with pytest.raises(LabError, match="cannot have poisson arrivals"):
        options("poisson", *names).require_arrivals()
