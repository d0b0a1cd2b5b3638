from levelbench.analysis.derive import derive
from levelbench.report.tables import pairs
from tests.unit.factories import make_run
from tests.unit.report.reading import row


def test_ratios_near_one_have_a_third_decimal() -> None:
    table = pairs.comparisons(derive(make_run()), "closed", "throughput_rps")
    assert row(table, "starlette / fastapi")["Ratio"][0] == "1.007"
    assert row(table, "starlette / flask")["Ratio"][0] == "1.55"


def test_what_is_better_for_certain_and_may_be_a_tie_is_called_that() -> None:
    results = derive(make_run(throughput={"a": 400.0, "b": 408.0}, control=None))
    table = pairs.comparisons(results, "closed", "throughput_rps")
    assert row(table, "b / a")["Verdict"][0] == "better, possibly a tie"
