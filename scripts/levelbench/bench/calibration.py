"""Calibrate the rates of open and capacity loads by short closed trials of each contestant.

A rate is only equal for all if it is fixed before them: a share of what the slowest can do. One
trial is too noisy for that: the rates follow the median of several, made in rounds.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace

from levelbench.bench import trial
from levelbench.bench.options import Options
from levelbench.bench.run import OngoingRun
from levelbench.bench.trial import Entry
from levelbench.errors import LabError
from levelbench.lab.lab import Lab
from levelbench.lab.prepare import Prepared
from levelbench.load.parameters import Parameters
from levelbench.model import workloads
from levelbench.model.files import load
from levelbench.model.run import PlannedTrial, Rates, load_run_record
from levelbench.model.trial import TRIAL_FILE, TRIAL_SCHEMA_VERSION, TrialRecord
from levelbench.progress import Display

FOLDER = "calibration"


def ensure(
    lab: Lab,
    prepared: dict[str, Prepared],
    run: OngoingRun,
    options: Options,
    closed: Parameters,
    display: Display,
) -> None:
    """Put the rates into the run's record where one of its workloads needs them: another run's, if
    that is asked for, or calibrated here. Raises LabError.
    """
    needed = any(workloads.of(name).needs_rates for name in options.workloads)
    if not needed or run.record.rates:
        return
    if options.rates_of:
        run.calibrated(taken_from(options.rates_of, options, run))
        return
    contestants = [n for n in prepared if options.services[n].spec.role == "contestant"]
    if any(workloads.of(name).own_rates for name in options.workloads):
        measured = list(prepared)
    else:
        measured = contestants or list(prepared)
    limits = lab.config.calibration
    measure_s = min(closed.timing.measure_s, limits.measure_s_max)
    short = replace(closed, timing=replace(closed.timing, measure_s=measure_s, slices=1))
    found: dict[str, list[float]] = {name: [] for name in measured}
    # A search only begins at the throughput; other loads have shares of it.
    is_shared = any(workloads.of(name).shares_throughput for name in options.workloads)
    for number in range(1, limits.trials + 1 if is_shared else 2):
        for name, throughputs in found.items():
            throughput = _throughput(lab, prepared[name], number, run, short, display)
            if throughput is not None:
                throughputs.append(throughput)
    run.calibrated(of_throughputs(run.record.run_id, found, contestants))


def taken_from(run_id: str, options: Options, run: OngoingRun) -> Rates:
    """The rates of an earlier run. Raises LabError for one that has none, or of another machine."""
    folder = options.reports / run_id
    if not folder.is_dir():
        raise LabError(f"there is no run {run_id!r} to take the rates of", "`ls reports` has them.")
    record = load_run_record(folder)
    if record.rates is None:
        raise LabError(
            f"run {run_id} has no calibrated rates",
            "Take a run of WORKLOAD=open or WORKLOAD=capacity, or leave RATES out.",
        )
    here = run.record.environment
    if record.environment.cpu_model != here.cpu_model or record.environment.cores != here.cores:
        raise LabError(
            f"the rates of run {run_id} were calibrated on another machine",
            "Leave RATES out: they are then calibrated here.",
        )
    return record.rates


def of_throughputs(
    run_id: str, throughputs_rps: Mapping[str, Sequence[float]], slowest_of: Sequence[str] = ()
) -> Rates:
    """Rates from the median of each contestant's closed throughputs; `slowest_of`: those whose
    slowest determines the rates of all, if not all. Raises LabError where none has any."""
    known = {name: statistics.median(found) for name, found in throughputs_rps.items() if found}
    if not known:
        raise LabError(
            "no contestant could be calibrated", "The logs are in the run's calibration folder."
        )
    slowest = min(known.keys() & set(slowest_of) or known, key=lambda name: known[name])
    return Rates(
        calibrated_by=run_id,
        slowest=slowest,
        throughput_rps=known[slowest],
        trials_rps={name: tuple(found) for name, found in throughputs_rps.items() if found},
    )


def _throughput(
    lab: Lab,
    prepared: Prepared,
    number: int,
    run: OngoingRun,
    closed: Parameters,
    display: Display,
) -> float | None:
    """A contestant's closed throughput in one trial, requests/s; None when it is not valid."""
    name = prepared.contestant.name
    planned = PlannedTrial(number=number, block=0, workload="closed", service=name, label=name)
    for attempt in range(1, lab.config.limits.attempts + 1):
        folder = run.folder / FOLDER / f"{name}-{number}-attempt{attempt}"
        if (folder / TRIAL_FILE).exists():  # of a resumed run
            record = load(folder / TRIAL_FILE, TrialRecord, TRIAL_SCHEMA_VERSION)
        else:
            (record,) = trial.run(
                lab,
                [Entry(planned, prepared, folder, attempt)],
                closed,
                say=lambda phase: display.step(f"calibrating {name}, {number}: {phase}"),
            )
        if record.status == "valid" and record.window and record.window.throughput_rps:
            display.say(
                f"calibrated {name}, {number}: {record.window.throughput_rps:.1f} requests/s"
            )
            return record.window.throughput_rps
        for finding in record.findings:
            display.detail(f"{finding.code}: {finding.cause}")
        if record.status == "failed":
            break
    return None
