"""The same contestant under two names."""

from tests.evidence.laboratory import ORIGINAL, Laboratory

RUNS = 20
WRONG_MAX = 3
"""Of 20 intervals at 95%, one that leaves out 1 is expected; four or more have a probability of
1.6% (binomial). To be called faster or slower takes more: an interval beyond the tie."""


def test_is_seldom_found_to_differ_from_itself(lab: Laboratory) -> None:
    twin = lab.add("twin")
    wrong = []
    for seed in range(RUNS):
        outcome = lab.bench(ORIGINAL, twin, seed=seed)
        found = outcome.comparison("closed", "throughput_rps")
        print(found.verdict, found.ratio, flush=True)
        if outcome.side(twin, "closed", "throughput_rps"):
            wrong.append(found)
    assert len(wrong) <= WRONG_MAX, wrong
