"""The page of a profile: stacks as py-spy records them, costs per request, and the flame graph."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.model.profile import ProfiledService, ProfileRecord, ProfileTrial
from levelbench.report import profiled
from levelbench.report.profiled import LIBRARY, Profiled, Stacks
from tests import DATA

RECORDED = (DATA / "py-spy" / "stacks.folded").read_text(encoding="utf-8")
STACKS = profiled.parse(RECORDED)
WORK, ENCODE = "work (prog.py:5)", "encode (prog.py:2)"


def trial(
    number: int, stacks: Stacks, cpu_ms: float = 4.0, sampled_rps: float = 95.0
) -> ProfileTrial:
    return ProfileTrial(
        number=number,
        stacks=f"stacks/one-{number}.folded",
        samples=sum(stacks.values()),
        cpu_ms_per_request=4.0,
        throughput_rps=100,
        throughput_sampled_rps=95,
    )


def service(*stacks: Stacks, name: str = "One") -> Profiled:
    trials = tuple(trial(number, own) for number, own in enumerate(stacks, 1))
    return Profiled(ProfiledService(display_name=name, packages={}, trials=trials), stacks)


def record(*services: Profiled) -> ProfileRecord:
    return ProfileRecord(
        run_id="20260102-030405-profile",
        started_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        workload="closed",
        vus=20,
        sampler="py-spy 0.4.3",
        rate_hz=100,
        cpu_model="Example 1",
        git_commit=None,
        services={one.service.display_name.lower(): one.service for one in services},
    )


def test_every_sample_is_kept_without_the_frames_of_processes() -> None:
    recorded = sum(int(line.rpartition(" ")[2]) for line in RECORDED.splitlines())
    assert sum(STACKS.values()) == recorded
    assert not any(frame.startswith("process ") for stack in STACKS for frame in stack)
    # Thread, main thread and child process end in the same functions.
    assert len({stack[0] for stack in STACKS if WORK in stack}) == 2


def test_a_function_with_the_name_of_a_process_is_kept() -> None:
    assert profiled.parse('process 7:"gunicorn";process (app/main.py:3) 5') == {
        ("process (app/main.py:3)",): 5
    }


def test_own_costs_add_up_to_the_cpu_time_per_request() -> None:
    one = service(STACKS, STACKS, STACKS)
    for count in (profiled.own, profiled.packages):
        found = one.per_request(count)
        assert sum(cost.value or 0 for cost in found.values()) == pytest.approx(4.0)


def test_a_function_costs_its_share_of_the_samples() -> None:
    stacks = {("a (x.py:1)", "b (x.py:2)"): 30, ("a (x.py:1)",): 70}
    one = service(stacks, stacks, stacks)
    assert one.per_request(profiled.own)["b (x.py:2)"].value == pytest.approx(1.2)
    assert one.per_request(profiled.total)["a (x.py:1)"].value == pytest.approx(4.0)


def test_a_recursive_function_counts_once_per_sample() -> None:
    assert profiled.total({("a", "a", "a"): 3}) == {"a": 3}


def test_a_function_that_a_trial_has_not_seen_costs_nothing_there() -> None:
    one = service({("a",): 1}, {("a",): 1}, {("b",): 1})
    assert one.per_request(profiled.own)["b"].value == pytest.approx(4 / 3)


def test_costs_have_an_interval_from_three_trials_on() -> None:
    assert service(STACKS, STACKS).per_request(profiled.own)[ENCODE].confidence_interval is None
    varied = {stack: count * (2 if ENCODE in stack else 1) for stack, count in STACKS.items()}
    found = service(STACKS, STACKS, varied).per_request(profiled.total)[ENCODE]
    assert found.confidence_interval is not None
    assert found.confidence_interval.low < (found.value or 0) < found.confidence_interval.high


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ("dumps (json/__init__.py:183)", LIBRARY),
        ("_bootstrap (threading.py:988)", LIBRARY),
        ("<module> (<frozen runpy>:1)", LIBRARY),
        ("get (sqlalchemy/orm/session.py:3)", "sqlalchemy"),
        ("list_orders (app/orders.py:12)", "app"),
        ("select (six.py:1)", "six"),
        ("call (a) (pkg/x.py:1)", "pkg"),
    ],
)
def test_a_package_is_read_from_the_file(frame: str, expected: str) -> None:
    assert profiled.package(frame) == expected


def test_a_flame_graph_has_all_samples_and_each_stack() -> None:
    box = profiled.flame(service(STACKS))
    assert box.ms == pytest.approx(4.0)
    assert sum(inner.ms for inner in box.within.values()) == pytest.approx(4.0)
    assert box.as_json(0.0)[2] is None


def test_a_difference_has_both_values_of_a_stack() -> None:
    one = service({("a", "b"): 50, ("a", "c"): 50})
    other = service({("a", "b"): 25, ("d",): 75})
    box = profiled.flame(one, other)
    a = box.within["a"]
    assert (a.ms, a.other_ms) == (4.0, 1.0)
    assert (a.within["c"].ms, a.within["c"].other_ms) == (2.0, 0.0)
    assert (box.within["d"].ms, box.within["d"].other_ms) == (0.0, 3.0)


def test_small_boxes_are_left_out() -> None:
    box = profiled.flame(service({("a",): 9999, ("b",): 1}))
    assert [inner[0] for inner in box.as_json(0.001 * box.ms)[3]] == ["a"]


def test_the_sentences_say_what_sampling_cost(snapshot: SnapshotAssertion) -> None:
    one, other = service(STACKS, STACKS, STACKS), service(STACKS, STACKS, STACKS, name="Two")
    assert profiled.sentences(record(one, other), [one, other]) == snapshot


def test_the_tables_show_both_and_their_difference(snapshot: SnapshotAssertion) -> None:
    one, other = service(STACKS, STACKS, STACKS), service(STACKS, STACKS, STACKS, name="Two")
    found = profiled.tables([one, other])
    assert [table.caption for table in found] == snapshot
    assert [column.label for column in found[0].columns] == [
        "Package", "One", "Two", "Difference",
    ]  # fmt: skip
    assert all(row[3].text in ("+0.000", "-0.000") for row in found[0].rows)


def test_the_page_is_the_same_again_and_no_name_ends_its_data(tmp_path: Path) -> None:
    hostile = {("</script><script>alert(1)</script> (x.py:1)",): 1}
    one = service(hostile, name="<b>One</b>")
    page = profiled.render(record(one), [one])
    assert page == profiled.render(record(one), [one])
    assert "<script>alert(1)" not in page
    assert "<b>One</b>" not in page
    data = page.split('<script type="application/json">')[1].split("</script>")[0]
    assert json.loads(data)[3][0][0] == "</script><script>alert(1)</script> (x.py:1)"


def test_stacks_are_read_from_the_folder(tmp_path: Path) -> None:
    one = service(STACKS)
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "one-1.folded").write_text(RECORDED)
    assert profiled.load(tmp_path, record(one)) == [one]
