"""The same contestant under two names."""

from tests.evidence.laboratory import ORIGINAL, Laboratory

RUNS = 20
WRONG_MAX = 3
"""Of 20 runs, one that calls the same faster or slower is expected at 95%; four or more have a
probability of 1.6% (binomial)."""


def test_is_seldom_found_to_differ_from_itself(lab: Laboratory) -> None:
    twin = lab.add("twin")
    found = [
        lab.bench(ORIGINAL, twin, seed=seed).comparison("closed", "throughput_rps")
        for seed in range(RUNS)
    ]
    for comparison in found:
        print(comparison.verdict, comparison.ratio)
    wrong = [c for c in found if c.verdict in ("faster", "slower")]
    assert len(wrong) <= WRONG_MAX
