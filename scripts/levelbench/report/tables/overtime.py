"""Throughput over time, which shows a short warm-up or a drift of the machine."""

from collections.abc import Sequence

from levelbench.analysis.derive import final_trials
from levelbench.analysis.text import UNDEFINED, number
from levelbench.model.folder import Run
from levelbench.model.measurement import Timeline
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.words import load_name

PARTS = 5
"""Columns that the measured window is divided into."""


def of_contestant(run: Run, workload: str, name: str) -> list[Timeline]:
    """The timelines of a contestant's valid trials."""
    return [
        run.timelines[trial.folder_name]
        for trial in final_trials(run.trials)
        if trial.workload == workload
        and trial.label == name
        and trial.status == "valid"
        and trial.folder_name in run.timelines
    ]


def by_second(lines: Sequence[Sequence[int]]) -> list[float]:
    """Requests in each second, mean over trials, for the seconds that all of them have."""
    return [sum(counts) / len(lines) for counts in zip(*lines, strict=False)]


def throughput(run: Run, workload: str) -> Table:
    """A row per contestant: the warm-up and fifths of the window."""
    rows = []
    for name in sorted(run.record.services):
        found = of_contestant(run, workload, name)
        if not found:
            continue
        warmup = by_second([line.warmup for line in found])
        window = by_second([line.window for line in found])
        parts = [
            window[len(window) * part // PARTS : len(window) * (part + 1) // PARTS]
            for part in range(PARTS)
        ]
        rows.append(
            (
                Cell(run.record.services[name].display_name),
                *(_mean(seconds) for seconds in (warmup, *parts)),
                Cell(str(len(found))),
            )
        )
    return Table(
        f"Throughput over time: {load_name(workload)}",
        (
            Column("Contestant", numeric=False),
            Column("Warm-up, requests/s"),
            *(Column(f"Measurement, fifth {part + 1}, requests/s") for part in range(PARTS)),
            Column("Measurements"),
        ),
        tuple(rows),
        (
            "Responses in each second, mean over measurements. Where contestants take turns, only "
            "whole seconds of their own turns count.",
        ),
        folded=True,
    )


def _mean(seconds: Sequence[float]) -> Cell:
    if not seconds:
        return Cell(UNDEFINED, tone="muted")
    return Cell(number(sum(seconds) / len(seconds)))
