"""Questions that people ask, and the answer of the newest published run that has one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import is_
from typing import NamedTuple

from levelbench.analysis.estimates import scaled
from levelbench.analysis.text import UNDEFINED, interval, value_text
from levelbench.history.store import Published
from levelbench.model import workloads
from levelbench.model.metrics import DISTURBED, USERS, of
from levelbench.model.results import Effect, Results
from levelbench.model.sweep import Setting
from levelbench.model.traits import LABELS, Trait
from levelbench.report import cores, release, sweep, variants, verdicts
from levelbench.report import counted as report_counted
from levelbench.report.answer import load_words, main_workload, sentences
from levelbench.report.charts import instructions
from levelbench.report.words import capital, join


class Answer(NamedTuple):
    text: str
    run: Published


Find = Callable[[Published], str]
"""The answer of a run that may be quoted; empty where it has none."""
Chosen = Callable[[Results, Effect], bool]


@dataclass(frozen=True)
class Question:
    text: str
    asked: str
    """Where: a public thread; empty for many."""
    command: str = ""
    """What answers it; empty where no command does yet."""
    find: Find = lambda run: ""

    def answer(self, newest_first: Iterable[Published]) -> Answer | None:
        """None: not measured yet."""
        answers = (Answer(text, run) for run in newest_first if (text := self.find(run)))
        return next(answers, None)


def need(rate_rps: int) -> Find:
    """Cores for a load."""

    def find(run: Published) -> str:
        of = cores.source(run.results) if run.compares else None
        needs = [
            f"{run.display_name(use.name)} {value_text(needed)} ({interval(needed)})"
            for use in (cores.uses(run.results, of) if of else ())
            if interval(needed := scaled(use.own, rate_rps / 1000))
        ]
        if not needs or of is None:
            return ""
        return (
            f"{rate_rps:,} {of.requests} need these cores by CPU time per request, linear and "
            f"without headroom: {join(needs)}."
        )

    return find


def pair(a: str, b: str) -> Find:
    """Two contestants under the main load."""

    def find(run: Published) -> str:
        workload = main_workload(run.results)
        if workload is None or workloads.of(workload).alone:
            return ""
        measured = run.results.workloads[workload]
        load = capital(load_words(run.results, measured, workload))
        return " ".join(
            f"{load}, {verdicts.sentence(run.results, found)}."
            for found in measured.comparisons
            if found.primary and {found.a, found.b} == {a, b}
        )

    return find


def effects(chosen: Chosen) -> Find:
    """Variants under the main load, each with all traits that it changes."""

    def find(run: Published) -> str:
        workload = main_workload(run.results)
        if workload is None:
            return ""
        found = (e for e in run.results.workloads[workload].effects if chosen(run.results, e))
        return " ".join(
            f"{line.rstrip('.')} (changed: {_changed(run.results, effect)})."
            for effect in found
            for line in variants.sentences(run.results, workload, partial(is_, effect))
        )

    return find


def swept(setting: Setting) -> Find:
    """The best value of a setting."""

    def find(run: Published) -> str:
        found = run.results.sweep
        return " ".join(sweep.sentences(run.results)) if found and found.setting == setting else ""

    return find


def supported(run: Published) -> str:
    """Users with think time that contestants support."""
    session = "session"
    if not run.compares or session not in run.results.workloads:
        return ""
    measured = run.results.workloads[session]
    known = {name: own.estimate(USERS) for name, own in measured.services.items() if own.rank}
    each = [
        f"{run.display_name(name)} {value_text(users)} ({interval(users)})"
        for name, users in known.items()
        if users and interval(users)
    ]
    load = load_words(run.results, measured, session)
    return f"On one core, {load}, users: {join(each)}." if each else ""


def blocked(run: Published) -> str:
    """p99 latency of other requests before and during a burst of logins."""
    if not run.compares or "interference" not in run.results.workloads:
        return ""
    measured = run.results.workloads["interference"].services
    before, during = of("others_p99_ms.before"), DISTURBED
    each = [
        f"{run.display_name(name)} from {value_text(first)} to {value_text(then)} "
        f"({interval(then)})"
        for name, own in measured.items()
        if own.rank
        and (first := own.estimate(before))
        and (then := own.estimate(during))
        and interval(then)
    ]
    return (
        f"A burst of logins moves p99 latency of other requests, ms: {join(each)}." if each else ""
    )


def released(run: Published) -> str:
    """Two releases of a package."""
    found, counts = run.record.choices.release, run.results.paired_instructions
    workload = main_workload(run.results)
    if found is None:
        return ""
    texts: Sequence[str] = report_counted.sentences(run.results, counts) if counts else ()
    if workload:
        texts = sentences(run.results, workload)
    return " ".join((*texts, *release.sentences(found)))


def _changed(results: Results, effect: Effect) -> str:
    variant = results.services[effect.variants[0]].variant
    return join([LABELS[trait] for trait in variant.changes]) if variant else UNDEFINED


def counted(*names: str) -> Find:
    """Two contestants by instructions per request of the list."""

    def find(run: Published) -> str:
        counts = {name: run.results.instructions.get(name, {}).get("list") for name in names}
        found = {name: own for name, own in counts.items() if own and own.value}
        if len(found) < len(names):
            return ""
        more, less = sorted(found, key=lambda name: -(found[name].value or 0.0))
        million = {name: scaled(own, 1e-6) for name, own in found.items()}
        each = [f"{run.display_name(n)} {interval(million[n])} million" for n in (more, less)]
        text = instructions.sentence(run.results, "list", more, less)
        return f"{text} 95% intervals: {join(each)}."

    return find


def _changes(of: Trait) -> Chosen:
    """Effects of a trait."""
    return lambda results, effect: effect.trait == of


def _extends(results: Results, effect: Effect, parent: str) -> bool:
    changed = (results.services[name].variant for name in effect.variants)
    return all(variant is not None and variant.extends == parent for variant in changed)


OF_FASTAPI = "make bench SERVICES=fastapi+variants"
OF_DJANGO = "make bench SERVICES=django+variants"
QUESTIONS: Sequence[Question] = (
    Question(
        "How many cores sustain 100 requests/s?",
        "fastapi#1718",
        "make size SERVICE=fastapi RATE=100 P95=200ms",
        need(100),
    ),
    Question(
        "Why do I not reach 1,000 requests/s on a small cloud instance?",
        "fastapi#5316",
        "make size SERVICE=fastapi RATE=1000 P95=200ms",
        need(1000),
    ),
    Question(
        "Which servers, workers and threads for 300 users?",
        "r/django 1kzb8h0",
        "make bench WORKLOAD=session",
        supported,
    ),
    Question(
        "How many workers in a pod: one, or 2 to 4 per core?",
        "Stack Overflow 56748782",
        "make sweep SERVICE=django OVER=workers=1,2,3,5",
        swept("workers"),
    ),
    Question(
        "Why do 8 workers serve 22 requests/s while the CPU is idle?", "Stack Overflow 76240953"
    ),
    Question(
        "Is FastAPI slower than Flask?",
        "fastapi#2151, fastapi#2690",
        "make bench",
        pair("fastapi", "flask"),
    ),
    Question(
        "`def` or `async def`?",
        "fastapi#1664",
        OF_FASTAPI,
        effects(_changes("threads")),
    ),
    Question(
        "Is asyncpg slower or faster than psycopg?",
        "fastapi#902, asyncpg#322",
        OF_FASTAPI,
        effects(_changes("driver")),
    ),
    Question(
        "Which size of the connection pool?",
        "sqlalchemy#5308, full-stack-fastapi-template#104",
        "make sweep SERVICE=fastapi OVER=pool=2,4,8,12,24",
        swept("pool"),
    ),
    Question(
        "What do Pydantic and response models cost?",
        "fastapi#360, flagsmith#2112",
        "make count SERVICES=fastapi,starlette",
        counted("fastapi", "starlette"),
    ),
    Question(
        'Is a release "2x faster" in an application?',
        "FastAPI 0.130.0",
        "make bench-release PACKAGE=fastapi FROM=0.129.0 TO=0.130.0",
        released,
    ),
    Question(
        "What does the ORM cost?",
        "tortoise/orm-benchmarks",
        OF_FASTAPI,
        effects(lambda results, effect: (effect.trait, effect.level) == ("data_layer", "sql")),
    ),
    Question(
        "Django REST framework or Django Ninja?",
        "django-ninja#93",
        OF_DJANGO,
        effects(_changes("api_layer")),
    ),
    Question(
        "Does Django lose 30% under ASGI?",
        "asgiref#186",
        OF_DJANGO,
        effects(
            lambda results, effect: (
                effect.trait == "interface" and _extends(results, effect, "django")
            )
        ),
    ),
    Question(
        "What does a middleware of mine cost?",
        "fastapi#2241, starlette#1678",
        "make bench-paired SERVICES=<name> BASE=<commit>",
    ),
    Question(
        "Do logins block other requests?",
        "akb#283",
        "make bench WORKLOAD=interference",
        blocked,
    ),
    Question("Does memory grow?", "uvicorn#1226, fastapi#596"),
    Question(
        "Do I need workers with free-threaded Python?",
        "gunicorn#3205",
        find=effects(
            lambda results, effect: effect.trait == "python" and effect.level.endswith("t")
        ),
    ),
    Question(
        "Is the newest Python faster for a web application?",
        "",
        OF_FASTAPI,
        effects(
            lambda results, effect: effect.trait == "python" and not effect.level.endswith("t")
        ),
    ),
    Question(
        "uvicorn, gunicorn, granian or hypercorn?",
        "granian#239",
        OF_FASTAPI,
        effects(_changes("server")),
    ),
    Question("How many SSE or WebSocket clients per worker?", "starlette#940"),
    Question("What do nginx in front, TLS and HTTP/2 cost?", "hypercorn#193"),
    Question(
        "BackgroundTasks or Celery?",
        "full-stack-fastapi-template#694",
        OF_FASTAPI,
        effects(_changes("tasks")),
    ),
    Question(
        "Which one for my own mix of requests and my own service?",
        "HttpArena#1195",
        "make bench WORKLOAD=endpoints",
    ),
)
