from levelbench.analysis.estimates import estimate, observations
from levelbench.model.metric import MIXED
from levelbench.model.metrics import METRICS
from tests.unit.factories import make_run


def test_no_interval_below_three_trials_and_no_value_unless_every_trial_has_it() -> None:
    assert estimate([2.0, 4.0]).value == 3.0
    assert estimate([2.0, 4.0]).confidence_interval is None
    assert estimate([2.0, None, 4.0]).value is None
    assert estimate([]).value is None


def test_an_interval_of_an_amount_does_not_reach_below_zero() -> None:
    found = estimate([0.1, 0.1, 5.0]).confidence_interval
    assert found is not None
    assert found.low == 0


def test_every_metric_that_is_compared_is_read_from_a_trial() -> None:
    trials = [t for t in make_run().trials if t.label == "flask"]
    for metric in METRICS:
        if set(MIXED) & set(metric.compared) and not metric.optional:  # others: loads of their own
            assert len(observations(trials, metric)) == 5, metric.name
