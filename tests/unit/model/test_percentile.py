import pytest

from levelbench.model.percentile import required_observations


@pytest.mark.parametrize(
    ("percentile", "observations"), [(50, 40), (90, 200), (95, 400), (99, 2_000), (99.9, 20_000)]
)
def test_required_observations(percentile: float, observations: int) -> None:
    assert required_observations(percentile) == observations


@pytest.mark.parametrize("percentile", [100, -1, 101])
def test_no_percentile_beyond_its_range(percentile: float) -> None:
    with pytest.raises(ValueError, match="no percentile"):
        required_observations(percentile)
