import math

import pytest

from levelbench.analysis.derive import derive
from levelbench.analysis.two_runs.counted import decide, of_run
from levelbench.model.paired import PairedInstructions
from tests.unit.factories import counts, make_run
from tests.unit.factories.counts import LAYOUT, SAME, changed, make_pair


def decided(*args: object, **changes: object) -> PairedInstructions:
    found = of_run(make_pair(*args, **changes))  # type: ignore[arg-type]
    assert found is not None
    return found


def test_t_is_that_of_8_seeds_and_5_endpoints() -> None:
    found = decide(SAME, 5)
    assert found is not None
    assert found.t_min == pytest.approx(6.31, abs=0.005)
    assert decide(SAME[:2], 5) is None


@pytest.mark.parametrize(
    ("by", "spread", "state"),
    [
        (0.01, 1, "more"),
        (0.0031, 1, "more"),
        (0.0029, 1, "no more"),  # certain, and too small
        (0.0, 1, "no more"),
        (-0.02, 1, "no more"),
        (0.0046, 1, "more"),
        (0.01, 20, "undecided"),  # too noisy
        (0.0, 20, "undecided"),
    ],
)
def test_an_increase_needs_size_and_certainty(by: float, spread: float, state: str) -> None:
    found = decide(changed(by, [spread * value for value in SAME]), 5)
    assert found is not None
    assert found.state == state


def test_a_deviation_that_is_too_small_is_not_believed() -> None:
    found = decide([0.004] * 8, 5)
    assert found is not None
    assert found.t == pytest.approx(0.004 / (0.0005 / math.sqrt(8)))
    assert found.high - found.low == pytest.approx(2 * 3.499 * 0.0005 / math.sqrt(8), rel=1e-3)


def test_too_few_seeds_decide_nothing() -> None:
    found = decide(changed(0.05, SAME[:4]), 1)
    assert found is not None
    assert found.state == "undecided"


def test_each_endpoint_is_decided_and_the_worst_is_the_state() -> None:
    found = decided({"list": SAME, "detail": changed(0.01)})
    assert {name: one.state for name, one in found.endpoints.items()} == {
        "list": "no more", "detail": "more",
    }  # fmt: skip
    assert found.state == "more"
    detail = found.endpoints["detail"]
    assert detail.ratio.value == pytest.approx(1.01, abs=0.0001)
    assert detail.seeds == 8


def test_layers_add_up_and_functions_are_those_that_changed_most() -> None:
    detail = decided({"detail": changed(0.01)}).endpoints["detail"]
    assert sum(layer.added for layer in detail.layers.values()) == pytest.approx(detail.added)
    assert list(detail.layers) == ["interpreter", "driver"]
    assert [(one.function, one.object, one.layer) for one in detail.functions] == [
        ("_PyEval_EvalFrameDefault", "python3.13", "interpreter"),
        ("0x0000000000012340", "asyncpg/protocol/protocol.so", "driver"),
        ("_Py_dict_lookup", "python3.13", "interpreter"),
    ]


@pytest.mark.parametrize(
    ("by", "state"),
    [(0.01, "more"), (0.0, "undecided"), (-0.01, "no more"), (0.002, "undecided")],
)
def test_functions_that_deviate_between_seeds_are_left_out(by: float, state: str) -> None:
    detail = decided({"detail": changed(by)}, layout=LAYOUT).endpoints["detail"]
    assert detail.deviation > 0.009
    assert detail.t < detail.t_min
    assert detail.steady is not None
    assert detail.steady.functions == ("_Py_dict_lookup (python3.13)",)
    assert detail.steady.share == pytest.approx(0.125, abs=0.001)
    assert detail.steady.deviation < 0.0005
    assert detail.state == state


def test_what_the_steady_part_adds_does_not_count_where_the_whole_has_less() -> None:
    less = [value - 0.05 for value in LAYOUT]
    detail = decided({"detail": changed(0.01)}, layout=less).endpoints["detail"]
    assert detail.steady is not None
    assert detail.state == "no more"


def test_nothing_decides_in_place_of_the_whole_where_most_of_it_deviates() -> None:
    apart = [20 * value for value in SAME]
    detail = decided({"detail": changed(0.01, apart)}).endpoints["detail"]
    assert detail.steady is None
    assert detail.state == "undecided"


@pytest.mark.parametrize(
    ("changes", "reserve"),
    [
        ({"status": "partial"}, "the run ended early"),
        ({"seeds": 9}, "detail has 8 of 9 hash seeds in common"),
    ],
)
def test_what_is_missing_leaves_it_undecided(changes: dict[str, object], reserve: str) -> None:
    found = decided({"detail": SAME}, **changes)
    assert found.state == "undecided"
    assert found.reserves == (reserve,)
    assert decided({"detail": changed(0.01)}, **changes).state == "more"


def test_a_machine_without_a_free_core_shows_more_and_not_that_there_is_no_more() -> None:
    idle = round(0.02 * counts.REQUESTS * counts.BASE["detail"])
    found = decided({"detail": SAME}, idle=idle)
    assert found.endpoints["detail"].state == found.state == "undecided"
    assert found.reserves == (
        "more than 1% of detail ran without requests on a machine that had no core to spare, so "
        "that added timers do not show",
    )
    assert decided({"detail": changed(0.01)}, idle=idle).state == "more"


def test_dumps_that_differ_take_a_seed_from_both() -> None:
    run = make_pair({"detail": SAME})
    first = run.counts[0]
    apart = type(first)(
        **{**dict(first), "endpoints": {"detail": (counts.dump(1000), counts.dump(2000))}}
    )
    found = of_run(type(run)(**{**dict(run), "counts": (apart, *run.counts[1:])}))
    assert found is not None
    assert found.endpoints["detail"].seeds == 7
    assert found.state == "undecided"


def test_a_run_that_counts_is_valid_without_measurements() -> None:
    results = derive(make_pair({"detail": SAME}))
    assert results.valid
    assert results.findings == ()


def test_other_runs_decide_nothing() -> None:
    assert of_run(make_run()) is None
