"""Throughput by second, from the load generator's summaries."""

import json
from pathlib import Path
from typing import Any

from levelbench.load.parser import parse_summary
from levelbench.load.summary import SUMMARY_FILE
from levelbench.load.timeline import timeline_of, with_timelines
from levelbench.model.measurement import Timeline
from tests.unit.factories import make_run, write_run
from tests.unit.factories.standard import RECORDED, write_timelines


def recorded(**changes: Any) -> str:
    return json.dumps(json.loads(RECORDED.read_text(encoding="utf-8")) | changes)


def test_a_closed_load_has_its_warm_up_and_its_window() -> None:
    """As recorded: 5 s of warm-up and 30 s of window."""
    summary = parse_summary(recorded())
    timeline = timeline_of(summary)
    assert timeline is not None
    assert (len(timeline.warmup), len(timeline.window)) == (5, 30)
    assert sum(timeline.window) == summary.window.requests


def test_turns_have_the_whole_seconds_of_their_own_slices() -> None:
    start = json.loads(RECORDED.read_text())["scenario_start_epoch_ms"]
    taken = {
        "generator_start_epoch_ms": start - 500,
        "slices": [
            {"start_epoch_ms": start + 16_000, "end_epoch_ms": start + 31_000},
            {"start_epoch_ms": start + 40_250, "end_epoch_ms": start + 55_250},
        ],
        "disturbances": 0,
    }
    # 8 s of others' turns, its warm-up of 5 s, and its slices with others' turns between them.
    seconds = [0] * 8 + [50] * 5 + [0] * 2 + [7] + [100] * 15 + [0] * 8 + [9] + [90] * 16
    window = {"start_epoch_ms": start + 16_000, "end_epoch_ms": start + 55_250}
    summary = parse_summary(recorded(turns=taken, timeline=seconds, window=window))
    assert timeline_of(summary) == Timeline(warmup=(50,) * 5, window=(100,) * 15 + (90,) * 14)


def test_an_open_load_has_none() -> None:
    text = (RECORDED.parent / "open-served.json").read_text(encoding="utf-8")
    assert timeline_of(parse_summary(text)) is None


def test_endpoints_that_were_alone_have_none() -> None:
    text = (RECORDED.parent / "endpoints-fastapi.json").read_text(encoding="utf-8")
    assert timeline_of(parse_summary(text)) is None


def test_a_summary_that_is_missing_or_damaged_leaves_its_trial_without_one(tmp_path: Path) -> None:
    run = make_run(blocks=1)
    write_timelines(write_run(tmp_path, run), run)
    first, second, *others = [trial.folder_name for trial in run.trials]
    (tmp_path / "trials" / first / SUMMARY_FILE).unlink()
    (tmp_path / "trials" / second / SUMMARY_FILE).write_text("{")
    assert list(with_timelines(run, tmp_path).timelines) == others
