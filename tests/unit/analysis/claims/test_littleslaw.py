import pytest

from levelbench.analysis.claims import littleslaw
from levelbench.analysis.claims.article import article


def test_requests_in_flight_are_throughput_times_latency() -> None:
    assert littleslaw.in_flight(284, 187) == pytest.approx(53.108)


def test_the_articles_rows_imply_four_think_times() -> None:
    implied = {
        name: round(littleslaw.think_time_ms(100, row.throughput_rps, row.latency_mean_ms))
        for name, row in article().measured.items()
    }
    assert implied == {"django": 165, "flask": 182, "fastapi": 18, "starlette": 9}


def test_hashing_in_an_even_mix_needs_more_than_30_cores() -> None:
    assert littleslaw.cores_for_hashing(284, 2 / 5, 0.3) == pytest.approx(34.08)
