"""Throughput second by second, from the load generator's own summaries in a run's folder."""

from pathlib import Path

from levelbench.load.parser import parse_summary
from levelbench.load.summary import SUMMARY_FILE, K6Error, Summary
from levelbench.model.folder import Run, load_run
from levelbench.model.measurement import Timeline


def read(folder: Path) -> Run:
    """A run with its timelines. Raises ResultsError for a folder that cannot be read."""
    return with_timelines(load_run(folder), folder)


def with_timelines(run: Run, folder: Path) -> Run:
    """The run with the timeline of each trial whose summary can be read and has one.

    They are drawn and never compared: one that is missing leaves out its line, and no figure.
    """
    found = {}
    for trial in run.trials:
        try:
            text = (folder / "trials" / trial.folder_name / SUMMARY_FILE).read_text("utf-8")
            timeline = cut(parse_summary(text))
        except (OSError, UnicodeDecodeError, K6Error):
            continue
        if timeline:
            found[trial.folder_name] = timeline
    return run.model_copy(update={"timelines": found})


def cut(summary: Summary) -> Timeline | None:
    """Warm-up and window of a closed load; None for any other, and for endpoints that were alone.

    Of a contestant that took turns: the seconds of its own turns only.
    """
    answers = summary.timeline_rps
    if not answers or not summary.bounds:
        return None
    first = 0
    if summary.window.slices:  # its turn to warm up need not be the first
        first = next((second for second, count in enumerate(answers) if count), 0)
    return Timeline(
        warmup=answers[first : first + summary.warmup_s],
        window=tuple(
            count
            for second, count in enumerate(answers)
            if any(
                bounds.start_epoch_ms <= summary.start_epoch_ms + 1e3 * second
                and summary.start_epoch_ms + 1e3 * (second + 1) <= bounds.end_epoch_ms
                for bounds in summary.bounds
            )
        ),
    )
