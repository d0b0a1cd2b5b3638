"""Timeline of throughput per second, from the load generator's summaries in a run's folder."""

from pathlib import Path

from levelbench.load.parser import parse_summary
from levelbench.load.summary import SUMMARY_FILE, K6Error, Summary
from levelbench.model.folder import Run, load_run
from levelbench.model.measurement import Timeline


def read(folder: Path) -> Run:
    """Read a run with its timelines. Raises ResultsError for a folder that cannot be read."""
    return with_timelines(load_run(folder), folder)


def with_timelines(run: Run, folder: Path) -> Run:
    """The run with the timeline of each trial that has a readable one.

    Timelines are drawn and never compared: a missing one changes no metric.
    """
    found = {}
    for trial in run.trials:
        try:
            text = (folder / "trials" / trial.folder_name / SUMMARY_FILE).read_text("utf-8")
            timeline = timeline_of(parse_summary(text))
        except (OSError, UnicodeDecodeError, K6Error):
            continue
        if timeline:
            found[trial.folder_name] = timeline
    return Run(record=run.record, trials=run.trials, timelines=found)


def timeline_of(summary: Summary) -> Timeline | None:
    """Timeline of a closed load's warm-up and window; None for open loads, isolated endpoints."""
    answers, warmup_s = summary.timeline_rps, summary.warmup_s
    if not answers or not summary.bounds:
        return None
    return Timeline(warmup=answers[:warmup_s], window=answers[warmup_s:])
