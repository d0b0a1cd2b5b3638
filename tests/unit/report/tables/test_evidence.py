from levelbench.report.tables import evidence
from tests.unit.factories import make_run


def test_the_order_of_trials_tells_what_was_not_run() -> None:
    run = make_run(measured_blocks=3)
    shown = evidence.order(run).rows
    assert "(not run)" not in shown[2][1].text
    assert shown[3][1].text.count("(not run)") == 5
