"""The check table: one row per check, with its code, its consequence, its cause and its remedy.

Every finding is made from a row. docs/method.md shows the table
(`python -m tests.unit.analysis.checks` writes it there).
"""

from levelbench.analysis.checks.check import Check, Scope, Voids

LOGS = "Read the logs in the trial's folder."
FASTER_GENERATOR = "Give the load generator more or faster cores."
QUIETER = "Give the load generator more or faster cores, and run nothing else on the machine."
LARGER = (
    "Use a machine with more cores, or compare CPU per request. Where a container was throttled, "
    "find what lowered its cap."
)
QUIETER_MACHINE = (
    "Run again with nothing else on the machine (`make doctor` shows what disturbs it), or with "
    "more rounds (PROFILE=standard)."
)
OUTSIDE = "Find what lowered the container's cap, or the cap of what it runs in, and run again."

# --- The lab is at fault: the trial is invalid ----------------------------------------------------

LAB_FAULT = Check(
    "lab-fault", "trial", "trial",
    "the load generator, the engine, the database, the broker or the sampling of counters failed; "
    "or the load generator's summary is missing, cut short or inconsistent",
    "{error}",
    LOGS,
)  # fmt: skip
NO_REQUESTS = Check(
    "no-requests", "trial", "trial",
    "no request was completed within the window",
    "{where}no request was completed within the measured window",
    "Read k6.log and service.log in the trial's folder.",
)  # fmt: skip
COUNTERS_MISSING = Check(
    "counters-missing", "trial", "trial",
    "counters do not cover the window: CPU time of a container, throttled time of the contestant, "
    "the machine's clocks or, where counters come from the kernel's files, the use of a core",
    "{where}these counters are missing: {what}. What limited the contestant is unknown",
    "Run `make doctor`: its line on counters shows which of them this machine provides.",
)  # fmt: skip
COUNTERS_IMPOSSIBLE = Check(
    "counters-impossible", "trial", "trial",
    "containers used more CPU time than their cores have, or were throttled for longer than the "
    "window, each by more than {counter_excess_max:.0%}; or a counter decreased",
    "{where}{what}",
    "Run again. If it happens again, the engine or the kernel of this machine counts wrong.",
    ("counter_excess_max",),
)  # fmt: skip
VUS_IDLE = Check(
    "vus-idle", "trial", "trial",
    "users waited for the server for less than {vus_busy_share_min:.0%} of their time between two "
    "answers: the load generator was the limit",
    "{where}the server kept {share:.1%} of the {vus} VUs busy, less than "
    "{vus_busy_share_min:.0%}: the load generator was the limit",
    FASTER_GENERATOR,
    ("vus_busy_share_min", "error_rate_max"),
)  # fmt: skip
LOAD_GENERATOR_BOUND = Check(
    "load-generator-bound", "trial", "trial",
    "the load generator used more than {generator_cpu_share_max:.0%} of its cores while the "
    "contestant had CPU time left: the load generator was the limit",
    "{where}the load generator used more than {generator_cpu_share_max:.0%} of its cores: it was "
    "the limit, not the contestant",
    FASTER_GENERATOR,
    ("generator_cpu_share_max", "core_busy_share_max"),
)  # fmt: skip
LOAD_GENERATOR_THROTTLED = Check(
    "load-generator-throttled", "trial", "trial",
    "the load generator was throttled for more than {throttled_share_max:.0%} of the window: the "
    "lab sets no quota for it, something else did",
    "{where}the load generator was throttled for {share:.0%} of the window: the results reflect "
    "the throttling, not the contestant",
    OUTSIDE,
    ("throttled_share_max",),
)  # fmt: skip
WORKER_THROTTLED = Check(
    "worker-throttled", "trial", "trial",
    "the worker was throttled for more than {throttled_share_max:.0%} of the window: the lab sets "
    "no quota for it, something else did",
    "{where}the worker was throttled for {share:.0%} of the window: the results reflect the "
    "throttling, not the contestant",
    OUTSIDE,
    ("throttled_share_max",),
)  # fmt: skip
CONTESTANT_THROTTLED = Check(
    "contestant-throttled", "trial", "trial",
    "the contestant was throttled for more than {throttled_share_max:.0%} of the window, beyond "
    "what its own quota leaves of its cores",
    "{where}the contestant was throttled for {share:.0%} of the window, and got {used:.0%} of the "
    "CPU time of its cap",
    OUTSIDE,
    ("throttled_share_max",),
)  # fmt: skip
NOISY_NEIGHBOUR = Check(
    "noisy-neighbour", "trial", "trial",
    "other programs used more than {foreign_share_max:.0%} of the contestant's cores, or more than "
    "{foreign_beside_share_max:.0%} of PostgreSQL's or the load generator's",
    "{where}other programs used {share:.0%} of {which}",
    "Stop what else runs on this machine (`top` shows it), and run again.",
    ("foreign_share_max", "foreign_beside_share_max"),
)  # fmt: skip
CORE_STOLEN = Check(
    "core-stolen", "trial", "trial",
    "the host of a virtual machine took more than {stolen_share_max:.0%} of the contestant's cores",
    "{where}the host of this virtual machine took more than {stolen_share_max:.0%} of the "
    "contestant's cores for others",
    "Use a machine, or a kind of machine, that is not shared.",
    ("stolen_share_max",),
)  # fmt: skip
CLOCK_STEPPED = Check(
    "clock-stepped", "trial", "trial",
    "wall time moved against monotonic time by more than {clock_step_ms_max:g} ms between two "
    "neighbouring readings, a quarter of a second apart",
    "the machine's clock was set {direction} by {step_ms:.0f} ms during the trial: by a time "
    "daemon (an NTP step), or because the machine was suspended or paused",
    "Let the time daemon slew the clock while the lab measures (chrony: `makestep` with a limit), "
    "keep the machine awake, and run again.",
    ("clock_step_ms_max",),
)  # fmt: skip
ROWS_DIFFER = Check(
    "rows-differ", "trial", "trial",
    "the rows written differ from the answers that promised them",
    "{added} rows were added to {table} for {answered} {answers}",
    "The contestant's answers and its database must agree; read service.log.",
)  # fmt: skip
STATEMENTS_DIFFER = Check(
    "statements-differ", "trial", "trial",
    "the data statements differ from what the answers cost by the rule of equal work",
    "the load's answers cost {run} data statements; {wanted} were expected",
    "Run `make verify-{service}`: it counts them for each kind of request.",
)  # fmt: skip
ITERATIONS_DROPPED = Check(
    "iterations-dropped", "trial", "trial",
    "open load: requests that were due were not sent, while the load generator used more than "
    "{generator_cpu_share_max:.0%} of its cores, or was so late that what it sent at once occupied "
    "{burst_share_max:.0%} of the users",
    "{dropped} iterations were dropped at {rate:g}/s while the load generator was late by up to "
    "{late_ms:.0f} ms, {burst:.0f} requests for {vus} VUs, and used {busy:.0%} of its cores: it "
    "may have been the limit",
    QUIETER,
    ("burst_share_max", "generator_cpu_share_max"),
)  # fmt: skip
LITTLES_LAW = Check(
    "littles-law", "trial", "trial",
    "users with think time: throughput x (response + think time) differs from their number by more "
    "than {littles_law_error_max:.0%}, as by users that the load generator woke late",
    "throughput x (response + think time) is {found:,.0f} users where there were {users:,}: the "
    "load generator woke users late, or not at all",
    QUIETER,
    ("littles_law_error_max",),
)  # fmt: skip
RATE_NOT_KEPT = Check(
    "rate-not-kept", "trial", "trial",
    "a load that logins or an overload disturb: the load generator sent more than "
    "{rate_excess_max:.0%} above what was due in a part, since it sent late what was due before",
    "{requests:,} requests were sent {part} the disturbance, and {due:,} were due: the load "
    "generator was late",
    QUIETER,
    ("rate_excess_max",),
)  # fmt: skip
SLICES_OVERLAP = Check(
    "slices-overlap", "trial", "trial",
    "contestants taking turns: another contestant used more than {others_cpu_share_max:.0%} of the "
    "CPU time of the contestant's cores within the window. This window is disturbed, so this trial "
    "is invalid, not the other one",
    "{others} used CPU time of the contestant's cores within its window, more than "
    "{others_cpu_share_max:.0%} each",
    "Read the logs of the contestants that the finding names: they were still busy after their own "
    "turn. Run with fewer VUs ([load] vus), or without turns ([profiles] slices = 1).",
    ("others_cpu_share_max",),
)  # fmt: skip
TURN_MISSED = Check(
    "turn-missed", "trial", "trial",
    "contestants taking turns: users of this one did not come back to the gate within "
    "[turns] timeout_s, which is longer than a request may take: the load generator was gone or "
    "had no CPU time",
    "{error}",
    "Read k6.log in the trial's folder.",
)  # fmt: skip
GATE_FAILED = Check(
    "gate-failed", "trial", "trial",
    "contestants taking turns: the gate that opens the turns ended, could not be reached, or "
    "reported other turns than the load generator",
    "{error}",
    "Read turns.log and k6.log in the trial's folder; then run again.",
)  # fmt: skip
ENDPOINTS_OVERLAP = Check(
    "endpoints-overlap", "trial", "trial",
    "each endpoint alone: requests of the previous endpoint were answered within this one's window",
    "{where}{late} answers to requests of the previous endpoint arrived within its window of "
    "{requests}",
    "The machine is too slow, or too busy, to finish the requests in flight in the pause between "
    "two endpoints: run with fewer VUs ([load] vus) or on a faster machine.",
)  # fmt: skip

# --- The contestant's own result: the trial failed ------------------------------------------------

ERRORS = Check(
    "errors", "trial", "contestant",
    "more than {error_rate_max:.1%} of the answers were wrong",
    "{where}{errors} of {requests} requests failed, more than {error_rate_max:.1%}",
    "Read k6.log and service.log in the trial's folder.",
    ("error_rate_max",),
)  # fmt: skip
TASKS_LOST = Check(
    "tasks-lost", "trial", "contestant",
    "a task that was answered with 202 was never completed",
    "{lost} of {accepted} accepted tasks were never completed",
    "Read worker.log in the trial's folder.",
    ("drain_timeout_s",),
)  # fmt: skip
OVERLOADED = Check(
    "overloaded", "trial", "contestant",
    "open load: requests that were due were not sent, because all users waited for answers",
    "{dropped} iterations were dropped at {rate:g}/s: all {vus} VUs waited for answers, and the "
    "load generator was in time",
    "The contestant cannot serve this rate: see its throughput in the closed workload.",
)  # fmt: skip
CONTESTANT_GONE = Check(
    "contestant-gone", "trial", "contestant",
    "its container ended",
    "{error}",
    LOGS,
)  # fmt: skip
CONTESTANT_OUT_OF_MEMORY = Check(
    "contestant-out-of-memory", "trial", "contestant",
    "the kernel killed a process of its container for lack of memory",
    "{error}",
    LOGS,
)  # fmt: skip

# --- Labels and warnings on a trial ---------------------------------------------------------------

DATABASE_BOUND = Check(
    "database-bound", "trial", "nothing",
    "PostgreSQL or Redis had no CPU time left, while the contestant had: their core was "
    "{core_busy_share_max:.0%} busy, or they were throttled for more than "
    "{throttled_share_max:.0%} of the window",
    "{where}{who}: they were the limit, not the contestant",
    LARGER,
    ("core_busy_share_max", "throttled_share_max"),
    follows="in half of the trials or more, the contestant is labelled and not ranked",
)  # fmt: skip
CORES_BUSY = Check(
    "cores-busy", "trial", "nothing",
    "the same, while the contestant had used up its own cores as well",
    "{where}{who}: they may have been the limit",
    LARGER,
    ("core_busy_share_max", "throttled_share_max"),
)  # fmt: skip
LOAD_GENERATOR_BUSY = Check(
    "load-generator-busy", "trial", "nothing",
    "the load generator used more than {generator_cpu_share_max:.0%} of its cores, and the "
    "contestant had used up its own",
    "{where}the load generator used more than {generator_cpu_share_max:.0%} of its cores: it may "
    "have been the limit",
    FASTER_GENERATOR,
    ("generator_cpu_share_max", "core_busy_share_max"),
)  # fmt: skip
GENERATOR_LAG = Check(
    "generator-lag", "trial", "nothing",
    "open load: p99 of the load generator's own lag was above {generator_lag_p99_ms_max:g} ms, "
    "which is part of every latency",
    "at {rate:g}/s, p99 of the load generator's lag was {lag_ms:.1f} ms, more than "
    "{generator_lag_p99_ms_max:g} ms: it is part of every latency",
    QUIETER,
    ("generator_lag_p99_ms_max",),
)  # fmt: skip
CAPACITY_IS_LOWER_BOUND = Check(
    "capacity-is-lower-bound", "trial", "nothing",
    "the highest rate of the ladder still met the objective",
    "the highest rate of the ladder, {rate:g}/s, still met the objective: the capacity is that or "
    "more",
    "The next round begins higher. Run more rounds, or add steps to [capacity] in levelbench.toml.",
    follows="the capacity is a lower bound, without an interval",
)  # fmt: skip
CAPACITY_IS_UPPER_BOUND = Check(
    "capacity-is-upper-bound", "trial", "nothing",
    "the lowest rate of the ladder did not meet the objective",
    "the lowest rate that can be tried, {rate:g}/s, did not meet the objective: the capacity is "
    "less",
    "Choose a less strict OBJECTIVE. At a lower rate a step has too few answers for the "
    "percentile: raise measure_s of [capacity] in levelbench.toml.",
    follows="the capacity is an upper bound, without an interval",
)  # fmt: skip
USERS_ARE_LOWER_BOUND = Check(
    "users-are-lower-bound", "trial", "nothing",
    "the most users of the ladder still met the objective",
    "the most users of the ladder, {users:,}, still met the objective: so many or more do",
    "Raise session.users_max in levelbench.toml with caps.k6.memory_mib, or add steps to "
    "[session].",
    follows="the number of users is a lower bound, without an interval",
)  # fmt: skip
USERS_ARE_UPPER_BOUND = Check(
    "users-are-upper-bound", "trial", "nothing",
    "the fewest users of the ladder did not meet the objective",
    "the fewest users of the ladder, {users:,}, did not meet the objective: fewer do",
    "Lower lowest_share of [session] in levelbench.toml.",
    follows="the number of users is an upper bound, without an interval",
)  # fmt: skip
LADDER_TOO_HIGH = Check(
    "ladder-too-high", "trial", "trial",
    "the first rate of the ladder did not meet the objective, and a lower one can be tried",
    "the first rate of the ladder, {rate:g}/s, did not meet the objective",
    "The round is measured again with a lower first rate.",
)  # fmt: skip
RESOURCES_BY_ENGINE = Check(
    "resources-by-engine", "trial", "nothing",
    "counters came from the engine's API, not from the kernel's files; the use of cores is then "
    "not known, and `noisy-neighbour` and `core-stolen` are not checked",
    "CPU time and memory were read through the engine's API, because this host does not show the "
    "containers' counters: readings are further apart, the window's ends are less sharp, and other "
    "programs on the lab's cores go unnoticed",
    "Run the lab on the Linux machine that runs the engine; until then trust CPU time over long "
    "windows only, and the A/A control for noise.",
)  # fmt: skip

# --- The run as a whole ---------------------------------------------------------------------------

RUN_ENDED = Check(
    "run-ended", "run", "run",
    "the run ended before its last trial",
    "the run ended before its last trial: {error}",
    "{remedy}The report shows what was measured until then.",
)  # fmt: skip
CONTESTANT_LEFT_OUT = Check(
    "contestant-left-out", "run", "contestant",
    "a contestant could not be built, does not do equal work, or could not be prepared",
    "{name} was not measured: {why}",
    "Fix services/{name}, then run `make verify-{name}`.",
    follows="it has no results",
)  # fmt: skip
COMMIT_UNKNOWN = Check(
    "commit-unknown", "run", "nothing",
    "the commit of the checkout is unknown: there is no git repository, git refuses to read it, or "
    "the repository around it does not contain it",
    "no commit is recorded: {why}",
    "{remedy}",
)  # fmt: skip
LEFT_OUT_BY_LAB = Check(
    "left-out-by-lab", "run", "contestant",
    "a contestant could not be built, verified or prepared, and nothing shows that it is the "
    "cause: the engine, the machine, the network or the lab may be",
    "{name} was not measured: {why}",
    "{remedy}",
    follows="it has no results",
)  # fmt: skip
CONTESTANT_FAILED = Check(
    "contestant-failed", "run", "contestant",
    "trials of a contestant failed",
    "{name} failed in {failed} of {all} trials and is not ranked",
    "See the findings of these trials and the logs in their folders.",
    follows="it is not ranked",
)  # fmt: skip
TRIALS_LEFT_OUT = Check(
    "trials-left-out", "run", "nothing",
    "planned trials gave no value: of each block the attempt with the most valid trials counts, "
    "and they were invalid in it or are not part of it",
    "{count} gave no value in the attempt of the block that counts",
    "See the findings of these trials; the results rest on the other blocks.",
    follows="the results rest on the other blocks",
)  # fmt: skip
NOTHING_VALID = Check(
    "nothing-valid", "run", "run",
    "no contestant has a valid trial",
    "no contestant has a valid measurement",
    "See the findings of the measurements, and run again.",
)  # fmt: skip
BLOCKS_TOO_FEW = Check(
    "blocks-too-few", "run", "run",
    "a contestant that did not fail has a value in less than {valid_blocks_share_min:.0%} of its "
    "planned blocks",
    "too few rounds under {workload} have a value: {counts}, less than "
    "{valid_blocks_share_min:.0%}. The others were disturbed",
    QUIETER_MACHINE,
    ("valid_blocks_share_min",),
)  # fmt: skip
BLOCKS_MISSING = Check(
    "blocks-missing", "run", "nothing",
    "a contestant that did not fail has a value in less than {publishable_blocks_share_min:.0%} of "
    "its planned blocks, or in fewer than {verdict_blocks_min}",
    "too few rounds under {workload} have a value: {counts}. A publishable run needs "
    "{publishable_blocks_share_min:.0%} of the planned rounds, and at least {verdict_blocks_min}",
    QUIETER_MACHINE,
    ("publishable_blocks_share_min", "verdict_blocks_min"),
    follows="the run is not publishable",
)  # fmt: skip
A_A_WITHOUT_INTERVAL = Check(
    "a-a-without-interval", "run", "nothing",
    "fewer than 3 blocks have an exact value of both A/A trials",
    "under {workload}, fewer than 3 rounds have an exact value of a framework measured twice: "
    "the noise and the bias of the lab are unknown",
    QUIETER_MACHINE,
    follows="the run is not publishable and has no ranks",
)  # fmt: skip
A_A_TOO_WIDE = Check(
    "a-a-too-wide", "run", "nothing",
    "the A/A interval reaches beyond {control_limit:.0%} either way",
    "under {workload}, {service} measured twice differed by {low:+.1%} to {high:+.1%}, beyond "
    "{control_limit:.0%}: {effect}",
    "Run on a quieter machine, or with more rounds (PROFILE=standard).",
    ("control_limit",),
    follows="the run is not publishable; if the interval also excludes 1, it has no ranks",
)  # fmt: skip
THROUGHPUT_DRIFTS = Check(
    "throughput-drifts", "run", "nothing",
    "the throughput of the two halves of a contestant's windows differs beyond the tie",
    "{workload}: the second half of {label}'s windows had {ratio:.2f} times the throughput of the "
    "first",
    "Measure longer, after a longer warm-up.",
    ("tie_threshold",),
)  # fmt: skip
MACHINE_SPEED_OUTLIER = Check(
    "machine-speed-outlier", "run", "nothing",
    "the fixed loop before a trial was more than {outlier_deviations:g} robust standard deviations "
    "from its median",
    "the machine's speed was more than {outlier_deviations:g} deviations from its usual before "
    "{count}",
    "Run on a machine with nothing else to do.",
    ("outlier_deviations",),
    follows="a warning that names the trial",
)  # fmt: skip

CHECKS: tuple[Check, ...] = tuple(row for row in list(globals().values()) if isinstance(row, Check))
"""Every check, in the order above."""


def codes(scope: Scope, voids: Voids) -> frozenset[str]:
    """Codes of the checks of a scope that void the same."""
    return frozenset(row.code for row in CHECKS if (row.scope, row.voids) == (scope, voids))


UNPUBLISHABLE = frozenset(row.code for row in (BLOCKS_MISSING, A_A_WITHOUT_INTERVAL, A_A_TOO_WIDE))
"""Codes of the checks of a run that leave it valid and not publishable."""
