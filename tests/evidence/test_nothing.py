"""False positives: the same contestant under two names."""

from tests.evidence.laboratory import ORIGINAL, Laboratory

RUNS = 20
WRONG_MAX = 3
"""Of 20 intervals at 95%, one is expected to exclude 1; four or more have a probability of 1.6%
(binomial). A verdict of better or worse needs more: an interval beyond the tie."""


def test_a_contestant_rarely_differs_from_itself(lab: Laboratory) -> None:
    twin = lab.add("twin")
    wrong = []
    for seed in range(RUNS):
        outcome = lab.bench(ORIGINAL, twin, seed=seed)
        found = outcome.comparison("closed", "throughput_rps")
        print(found.verdict, found.ratio, flush=True)
        if outcome.side(twin, "closed", "throughput_rps"):
            wrong.append(found)
    assert len(wrong) <= WRONG_MAX, wrong
