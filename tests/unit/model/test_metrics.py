import pytest

from levelbench.model import metrics
from levelbench.model.metric import Metric
from levelbench.model.metrics import METRICS


def test_names_are_unique() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)


def test_a_name_that_is_not_in_the_table_is_an_error() -> None:
    with pytest.raises(KeyError):
        metrics.of("throughput")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_that_is_compared_can_be_read(metric: Metric) -> None:
    assert metric.read or not metric.compared
