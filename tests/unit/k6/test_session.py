"""What a user with think time does, and how its time is counted, on a made-up clock."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from levelbench.model.config import load_config
from tests.unit.k6.conftest import K6, Samples

VISIT = load_config().session.visit
SETTINGS: dict[str, Any] = {
    "STEPS": [1, 2], "STEP_WARMUP_S": 2, "STEP_MEASURE_S": 300, "OBJECTIVE_MS": 200,
    "ERROR_RATE_MAX": 0.001, "VISIT": VISIT.model_dump(),
}  # fmt: skip
LONG = {"STEP_MEASURE_S": 3000}
"""Time for several sessions."""
ANSWERS = """
    const task = '01234567-89ab-cdef-0123-456789abcdef';
    const right = {
      register: () => [201, { id: 1, username: lab.bodies.at(-1).username }],
      login: () => [200, { access_token: 'a.b.c', token_type: 'bearer', expires_in: 3600 }],
      list: (url) => [200, {
        page: Number(url.split('page=')[1]), page_size: 20, total: 10000, pages: 500,
        ids: Array.from({ length: 20 }, (_, i) => 20 - i), times: Array(20).fill('t'),
        users: Array(20).fill(1), items: Array(20).fill(1),
      }],
      detail: (url) => [200, { id: Number(url.split('/').at(-1)), total: '1.00', user: 1,
        username: 'u', created_at: '2026-01-02T03:04:05Z', quantities: [1], prices: ['1.00'] }],
      task: () => [202, { task_id: task, status: 'pending' }],
      poll: () => [200, { task_id: task, status: lab.polled }],
    };
    const paths = { task: '/invoice', poll: '/tasks/', list: '?page=', detail: '/orders/' };
    const kind = (url) => Object.keys(paths).find((name) => url.includes(paths[name]))
      || url.split('/').at(-1);
    lab.polled = 'succeeded';
    lab.onRequest = (url) => {
      const [status, body] = right[kind(url)](url);
      lab.answer = { status, duration: 50 };
      lab.headers = { Location: `/api/v1/tasks/${task}` };
      lab.json = (path) => (path in body ? body[path] : body);
    };
"""


def life(k6: K6, body: str = "", number: int = 0, **settings: Any) -> Samples:
    """All of a user's life."""
    return k6.run(
        "session",
        {**SETTINGS, **settings},
        f"{ANSWERS} lab.scenario.iterationInTest = {number}; {body} script.default();",
    )


def kinds(done: Samples) -> list[str]:
    return [tags["endpoint"] for _, tags in done.of("requests")]


def test_a_user_logs_in_browses_orders_an_invoice_polls_its_task_and_leaves(k6: K6) -> None:
    done = life(k6, **LONG)
    assert done.of("errors") == []
    sessions = " ".join(kinds(done)).split("poll")
    whole = [one.split() for one in sessions[1:-1]]
    browsed = ["list", "detail"] * VISIT.rounds
    assert {len(one) for one in whole} == {2 * VISIT.rounds + 2, 2 * VISIT.rounds + 3}
    for one in whole:
        assert one in (["login", *browsed, "task"], ["register", "login", *browsed, "task"])


def test_who_signs_up_logs_in_with_its_own_name(k6: K6) -> None:
    own = [body["username"] for body in life(k6, **LONG).bodies if body["username"] != "u"]
    assert own
    assert own[::2] == own[1::2]
    assert len(set(own)) == len(own) / 2


def test_a_task_is_polled_once_a_second_until_it_is_done_or_the_user_gives_up(k6: K6) -> None:
    done = life(k6, "lab.polled = 'running';", **LONG)
    asked = [(moment, url) for moment, url in done.asked if "/tasks/" in url]
    gaps = [round(after - before) for (before, _), (after, _) in pairwise(asked)]
    assert gaps[: VISIT.polls_max - 1] == [1050] * (VISIT.polls_max - 1)
    assert gaps[VISIT.polls_max - 1] > 10_000


@pytest.mark.parametrize("number", [0, 1])
def test_what_a_user_thinks_and_waits_is_all_of_its_time_in_each_window(
    k6: K6, number: int
) -> None:
    done = life(k6, number=number)
    spent = {step: sum(values) for step, values in done.by("step", "think_ms").items()}
    for step, values in done.by("step", "busy_ms").items():
        spent[step] = spent.get(step, 0) + sum(values)
    requests = len(kinds(done))
    # A request is sent up to 1 ms late: the clock of JavaScript has whole milliseconds.
    for step in range(number, 2):
        assert spent[f"{step}"] == pytest.approx(300_000, abs=requests)


def test_a_user_of_a_later_step_waits_for_it(k6: K6) -> None:
    done = life(k6, number=1)
    assert min(moment for moment, _ in done.asked) > 303_000
    assert done.elapsed_ms == pytest.approx(605_000, abs=1)


def test_a_user_that_the_load_generator_wakes_late_is_missing_in_littles_law(k6: K6) -> None:
    done = life(k6, "const pass = lab.pass; lab.pass = (ms) => pass(ms < 1999 ? ms * 2 : ms);")
    spent = sum(sum(done.by("step", metric)["0"]) for metric in ("think_ms", "busy_ms"))
    assert spent < 0.98 * 300_000


def test_when_a_step_has_exceeded_a_limit_users_leave_and_the_last_ends_the_load(k6: K6) -> None:
    stop = """
    const pass = lab.pass;
    lab.pass = (ms) => {
      pass(ms);
      if (lab.elapsed() > 60000) lab.instance.iterationsInterrupted = 1;
    };
    lab.instance.vusActive = ACTIVE;
    """
    alone, among = (life(k6, stop.replace("ACTIVE", count)) for count in ("1", "2"))
    assert (alone.aborted, among.aborted) == (True, False)
    for done in (alone, among):
        assert done.elapsed_ms < 62_100
        assert max(moment for moment, _ in done.asked) < 60_100


def test_the_load_has_a_user_for_each_of_the_last_step_and_a_judge_for_each_step(k6: K6) -> None:
    scenarios = life(k6).options["scenarios"]
    users = scenarios.pop("users")
    assert (users["vus"], users["iterations"], users["maxDuration"]) == (2, 1, "606s")
    assert [own["startTime"] for own in scenarios.values()] == ["301900ms", "604900ms"]


def test_think_times_are_log_normal_and_users_begin_in_the_stationary_state(k6: K6) -> None:
    found = k6.script(f"""
        import {{ createVisitor }} from './lab/lib/session_journey.js';
        const settings = {{ seed: 7, orders: 100, trial: 't', visit: {VISIT.model_dump_json()},
          pages: [{{ first: 1, last: 1, weight: 1 }}],
          users: [{{ username: 'u', password: 'p', token: 't' }}] }};
        const first = [], places = {{}}, thought = [];
        for (let number = 0; number < 20000; number += 1) {{
          const visitor = createVisitor(settings, number);
          first.push(visitor.think_ms());
          const {{ endpoint }} = visitor.next();
          places[endpoint] = (places[endpoint] || 0) + 1;
          thought.push(visitor.think_ms());
        }}
        console.log(JSON.stringify({{ first, places, thought }}));
    """)
    thought = np.array(found["thought"]) / 1e3
    assert np.median(thought) == pytest.approx(VISIT.median_s, rel=0.02)
    assert thought.mean() == pytest.approx(VISIT.think_mean_s, rel=0.02)
    assert np.log(thought).std() == pytest.approx(VISIT.sigma, rel=0.02)
    # The mean residual life is E(X^2) / 2 E(X): with a deviation as large as the mean, the mean.
    assert np.mean(found["first"]) / 1e3 == pytest.approx(VISIT.think_mean_s, rel=0.05)
    assert found["places"]["list"] / 20_000 == pytest.approx(11 / 24.5, rel=0.05)
