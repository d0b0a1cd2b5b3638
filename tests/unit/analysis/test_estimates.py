from levelbench.analysis.estimates import estimate, figure, observations
from levelbench.analysis.verdict import DIRECTIONS
from tests.unit.factories import make_run, trial


def test_no_interval_below_three_trials_and_no_value_unless_every_trial_has_it() -> None:
    assert estimate([2.0, 4.0]).value == 3.0
    assert estimate([2.0, 4.0]).confidence_interval is None
    assert estimate([2.0, None, 4.0]).value is None
    assert estimate([]).value is None


def test_an_interval_of_an_amount_does_not_reach_below_zero() -> None:
    found = estimate([0.1, 0.1, 5.0]).confidence_interval
    assert found is not None
    assert found.low == 0


def test_memory_and_start_are_figures_of_the_trial() -> None:
    one = trial(1, 1, "flask", memory_mib=166.0, cold_start_ms=910.0)
    assert figure("memory_peak_mib")(one) == 166.0
    assert figure("cold_start_ms")(one) == 910.0


def test_every_metric_that_is_compared_can_be_read() -> None:
    trials = [t for t in make_run().trials if t.label == "flask"]
    for metric in DIRECTIONS.keys() - {"capacity_rps"}:  # a closed load has none
        assert len(observations(trials, metric)) == 5, metric
