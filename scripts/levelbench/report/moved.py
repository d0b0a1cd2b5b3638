"""What moved since the last run of the series, in sentences."""

from collections.abc import Iterator
from datetime import datetime

from levelbench.analysis.text import display_name
from levelbench.model.results import Results
from levelbench.model.since import Moved, Since
from levelbench.report import regression, verdicts
from levelbench.report.words import display_names, join, load_name

SHOWN = 3
NOTHING = "nothing moved beyond noise"


def lines(results: Results) -> tuple[str, ...]:
    """Sentences, the first one with the date of the last run; none for a run without one."""
    last = results.since
    if last is None:
        return ()
    if last.refused:
        return (f"Not compared with the last run ({_date(last)}): {last.refused}.",)
    if not results.publishable:
        return (f"Not compared with the last run ({_date(last)}): do not quote this one.",)
    first, *more = _changes(results, last)
    return tuple(f"{text}." for text in (f"Since the last run ({_date(last)}), {first}", *more))


def _changes(results: Results, last: Since) -> Iterator[str]:
    if last.newly_failing:
        yield f"{join(display_names(results, last.newly_failing))} began to fail"
    for moved in last.moved[:SHOWN]:
        yield _moved(results, moved)
    if len(last.moved) > SHOWN:
        yield f"{len(last.moved) - SHOWN} more changed"
    if not last.moved and not last.newly_failing:
        if last.slowdown is None:
            yield f"{NOTHING}, but no bound of a slowdown is known"
        elif last.slowdown:
            yield f"{NOTHING}; at most {regression.percent(last.slowdown)} slower is not excluded"
        else:
            yield NOTHING


def _moved(results: Results, moved: Moved) -> str:
    """`Flask served 30% fewer requests relative to the others (27 to 32%) at full speed`."""
    name = display_name(results, moved.service)
    where = f"{load_name(moved.workload)}{f', {moved.endpoint}' if moved.endpoint else ''}"
    if moved.ratio.value is None:
        change = "slower" if moved.verdict == "worse" else "faster"
        return f"{name} became {change} relative to the others at {where}"
    return (
        f"{name} {verdicts.verb(moved.metric)} "
        f"{verdicts.amount(moved.ratio, moved.ratio.value, moved.metric)} relative to the others "
        f"at {where} ({verdicts.extent(moved.ratio)})"
    )


def _date(last: Since) -> str:
    started: datetime = last.started_at
    return f"{started.day} {started:%b %Y}, {last.run_id}"
