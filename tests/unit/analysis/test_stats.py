"""Exact figures against the tables of the t distribution and against SciPy's own functions."""

import math
import random

import numpy as np
import pytest
from scipy import stats as scipy_stats

from levelbench.analysis import stats
from levelbench.model.bracket import Bracket


def test_mean_interval_agrees_with_the_printed_table() -> None:
    # 1..5: mean 3, s = sqrt(2.5); t(0.975, 4) = 2.776 in any printed table.
    bounds = stats.mean_interval([1, 2, 3, 4, 5])
    assert bounds is not None
    assert bounds.value == 3
    assert bounds.high - bounds.value == pytest.approx(2.776 * math.sqrt(2.5 / 5), rel=1e-3)
    assert bounds.low == pytest.approx(1.03676, abs=1e-5)
    assert bounds.high == pytest.approx(4.96324, abs=1e-5)


def test_mean_interval_agrees_with_scipy() -> None:
    values = [402.1, 398.7, 411.3, 395.0, 404.9, 400.2]
    expected = scipy_stats.ttest_1samp(values, 0).confidence_interval(0.99)
    bounds = stats.mean_interval(values, 0.99)
    assert bounds is not None
    assert (bounds.low, bounds.high) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize("degrees_of_freedom", [2, 4, 9, 39])
@pytest.mark.parametrize("confidence", [0.95, 0.9916666667, 1 - 1e-9])
def test_t_quantile_agrees_with_scipys_distribution(
    degrees_of_freedom: int, confidence: float
) -> None:
    expected = scipy_stats.t.isf((1 - confidence) / 2, df=degrees_of_freedom)
    assert stats.t_quantile(degrees_of_freedom, confidence) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0]])
def test_no_interval_below_three_trials(values: list[float]) -> None:
    assert stats.mean_interval(values) is None
    assert stats.ratio_interval([(value, 1.0) for value in values]) is None


def test_equal_values_have_an_interval_of_no_width() -> None:
    assert stats.mean_interval([7.0, 7.0, 7.0]) == stats.Bounds(7.0, 7.0, 7.0)


def test_ratio_interval_is_the_paired_t_interval_of_the_logarithms() -> None:
    a, b = [110.0, 120.0, 118.0, 109.0], [100.0, 105.0, 101.0, 98.0]
    expected = scipy_stats.ttest_rel(
        [math.log(x) for x in a], [math.log(x) for x in b]
    ).confidence_interval(0.95)
    bounds = stats.ratio_interval(list(zip(a, b, strict=True)))
    assert bounds is not None
    assert bounds.low == pytest.approx(math.exp(expected.low))
    assert bounds.high == pytest.approx(math.exp(expected.high))


def test_unpaired_ratio_interval_is_welchs_of_the_logarithms() -> None:
    a, b = [110.0, 120.0, 118.0, 109.0, 112.0], [100.0, 105.0, 81.0]
    expected = scipy_stats.ttest_ind(
        [math.log(x) for x in a], [math.log(x) for x in b], equal_var=False
    ).confidence_interval(0.99)
    bounds = stats.unpaired_ratio_interval(a, b, 0.99)
    assert bounds is not None
    assert bounds.low == pytest.approx(math.exp(expected.low))
    assert bounds.high == pytest.approx(math.exp(expected.high))
    turned = stats.unpaired_ratio_interval(b, a, 0.99)
    assert turned is not None
    assert (turned.low, turned.high) == pytest.approx((1 / bounds.high, 1 / bounds.low))


@pytest.mark.parametrize(("a", "b"), [([1.0, 2.0], [1.0] * 3), ([1.0] * 3, [])])
def test_no_unpaired_interval_below_three_trials_on_either_side(
    a: list[float], b: list[float]
) -> None:
    assert stats.unpaired_ratio_interval(a, b) is None


def test_values_without_noise_have_an_unpaired_interval_of_no_width() -> None:
    bounds = stats.unpaired_ratio_interval([4.0] * 3, [2.0] * 4)
    assert bounds is not None
    assert (bounds.low, bounds.value, bounds.high) == pytest.approx((2, 2, 2))


def test_ratio_turned_over_is_the_reciprocal() -> None:
    pairs = [(3.0, 2.0), (2.9, 2.1), (3.2, 1.9)]
    bounds = stats.ratio_interval(pairs)
    turned = stats.ratio_interval([(b, a) for a, b in pairs])
    assert bounds is not None
    assert turned is not None
    assert turned.value == pytest.approx(1 / bounds.value)
    assert (turned.low, turned.high) == pytest.approx((1 / bounds.high, 1 / bounds.low))


def test_pairing_takes_the_machines_drift_out() -> None:
    drift = [1.0, 0.7, 1.3, 0.5, 0.9]
    bounds = stats.ratio_interval([(220 * d, 200 * d) for d in drift])
    assert bounds is not None
    assert (bounds.low, bounds.high) == pytest.approx((1.1, 1.1))


def test_geometric_mean_ratio() -> None:
    assert stats.geometric_mean_ratio([]) is None
    assert stats.geometric_mean_ratio([(2, 1), (8, 1)]) == pytest.approx(4)


def test_six_pairs_of_four_contestants_each_hold_at_99_17_percent() -> None:
    assert stats.simultaneous_confidence(6) == pytest.approx(0.9916667)
    assert stats.simultaneous_confidence(1) == pytest.approx(0.95)
    with pytest.raises(ValueError, match="nothing to compare"):
        stats.simultaneous_confidence(0)


def test_log_bound_is_the_same_for_a_ratio_and_its_reciprocal() -> None:
    assert stats.log_bound(0.97, 1.02) == pytest.approx(1 / 0.97 - 1)
    assert stats.log_bound(1 / 1.02, 1 / 0.97) == pytest.approx(1 / 0.97 - 1)


def test_outliers_are_named_by_position() -> None:
    assert stats.outliers([100, 101, 99, 100.5, 60, 99.5], 3) == [4]
    assert stats.outliers([100, 101, 99, 100.5, 99.5], 3) == []
    assert stats.outliers([1, 100, 1, 1], 3) == []  # too few to say what is usual
    assert stats.outliers([5, 5, 5, 5, 5, 6], 3) == []  # no spread to measure by


def test_interval_covers_the_true_ratio_as_often_as_it_says() -> None:
    """2,000 runs of 5 blocks, 5% noise a trial: 95% +- 3 standard errors (1.5%)."""
    draw = random.Random(1)
    runs, true_ratio, covered = 2_000, 1.1, 0
    for _ in range(runs):
        pairs = [
            (math.exp(draw.gauss(math.log(true_ratio), 0.05)), math.exp(draw.gauss(0, 0.05)))
            for _ in range(5)
        ]
        bounds = stats.ratio_interval(pairs)
        assert bounds is not None
        covered += bounds.low <= true_ratio <= bounds.high
    assert covered / runs == pytest.approx(0.95, abs=0.015)


class TestGeometricMean:
    def test_the_interval_is_that_of_the_logarithms(self) -> None:
        values = [40.0, 45.0, 60.0, 42.0, 90.0]
        found = stats.log_mean_interval(values)
        assert found is not None
        mean, bounds = found
        assert bounds is not None
        expected = scipy_stats.ttest_1samp(np.log(values), 0).confidence_interval(0.95)
        assert mean == pytest.approx(math.exp(np.log(values).mean()))
        assert (bounds.low, bounds.high) == pytest.approx(tuple(np.exp(expected)))

    def test_fewer_than_five_have_no_interval(self) -> None:
        assert stats.log_mean_interval([10.0, 1000.0, 10.0, 1000.0]) == (pytest.approx(100), None)

    def test_zero_has_no_logarithm(self) -> None:
        assert stats.log_mean_interval([0.0, 1.0, 2.0, 3.0, 4.0]) is None


class TestBlockFactors:
    def test_they_are_those_of_least_squares(self) -> None:
        rng = np.random.default_rng(7)
        observed = {
            name: {block: float(np.exp(rng.normal(3, 0.5))) for block in blocks}
            for name, blocks in {"a": range(6), "b": [0, 2, 3], "c": [1, 2, 5]}.items()
        }
        names, rows, values = list(observed), [], []
        for place, own in enumerate(observed.values()):
            for block, value in own.items():
                row = np.zeros(len(names) + 6)
                row[place] = row[len(names) + block] = 1
                rows.append(row)
                values.append(math.log(value))
        solved = np.linalg.lstsq(np.array(rows), np.array(values), rcond=None)[0]
        for place, (name, own) in enumerate(observed.items()):
            expected = math.exp(solved[place] + solved[len(names) :].mean())
            mean = math.exp(math.fsum(map(math.log, own.values())) / len(own))
            factor = stats.block_factors(observed)[name]
            assert mean * factor == pytest.approx(expected)

    def test_a_service_of_all_blocks_keeps_its_mean(self) -> None:
        found = stats.block_factors({"a": {1: 10.0, 2: 20.0}, "b": {1: 30.0}})
        assert found["a"] == pytest.approx(1)
        assert found["b"] == pytest.approx(math.sqrt(2))

    @pytest.mark.parametrize(
        "observed",
        [
            {"a": {1: 10.0}, "b": {2: 30.0}},
            {"a": {1: 10.0, 2: 0.0}, "b": {1: 30.0}},
            {"a": {1: 10.0, 2: Bracket(20.0, math.inf)}, "b": {1: 30.0}},
            {},
        ],
    )
    def test_without_a_common_block_or_with_bounds_there_are_none(
        self, observed: dict[str, dict[int, float]]
    ) -> None:
        assert stats.block_factors(observed) == {}
