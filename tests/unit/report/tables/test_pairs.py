from levelbench.derive import derive
from levelbench.report.tables import pairs
from tests.unit.factories import make_run
from tests.unit.report.reading import row


def test_ratios_near_one_have_a_third_decimal() -> None:
    table = pairs.comparisons(derive(make_run()), "closed", "throughput_rps")
    assert row(table, "starlette / fastapi")["Ratio"][0] == "1.007"
    assert row(table, "starlette / flask")["Ratio"][0] == "1.55"
