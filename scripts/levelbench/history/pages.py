"""Pages of the site as data: the front page, contestants, pairs, questions and runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from levelbench.analysis.text import UNDEFINED
from levelbench.history.archive import Archive, newest_first, report_path, word
from levelbench.history.chart import Chart, date, draw
from levelbench.history.questions import QUESTIONS, Question
from levelbench.history.series import SHARE, ChangePoint, Series, differing, versions
from levelbench.history.store import Published
from levelbench.model.store import LATEST_FILE, LATEST_SCHEMA_FILE
from levelbench.model.traits import LABELS
from levelbench.model.traits import differing as differing_traits
from levelbench.report import machine
from levelbench.report.answer import answer, main_workload
from levelbench.report.plot import Plot
from levelbench.report.sections import pictures
from levelbench.report.status import Status, status
from levelbench.report.tables.cells import change_cell
from levelbench.report.tables.table import Cell, Column, Link, Table
from levelbench.report.words import join

RECENT = 10
"""Change points on the front page."""
FRONT, FEED = "index.html", "feed.xml"
CHANGES = (
    "A change point is the first run of a new level, with at least 5 runs before it and 3 from it "
    "on. It is provisional until `make bench-paired` of the two states confirms it."
)
SERIES = (
    "Each dot is a run, with its 95% interval where it has one. Lines are levels; a new one begins "
    "at each change point, which is dashed."
)
PAIR = (
    "By how much {}'s value is larger than {}'s, with 95% confidence for all pairs of a run at "
    "once. Throughput, capacity: larger is better. Latency: smaller is better."
)
QUESTIONS_TEXT = (
    "Questions from public threads, each with the answer of the newest run that may be quoted and "
    "has one."
)
BASELINES = (
    "Each one is relative to the baseline of its own interface, bare ASGI or bare WSGI: pairs, and "
    "not these shares, compare contestants."
)
RUNS = "Runs are only ever added. Those that may not be quoted are in no series and no answer."
NO_ANSWER = "No published run may be quoted yet: `make bench PROFILE=standard` makes one."


@dataclass(frozen=True)
class Part:
    """A section of a page."""

    id: str
    title: str
    text: tuple[str, ...] = ()
    status: Status | None = None
    plots: tuple[Plot, ...] = ()
    charts: tuple[Chart, ...] = ()
    table: Table | None = None
    command: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Page:
    path: str
    title: str
    parts: tuple[Part, ...]
    data: Mapping[str, object] | None = None
    """schema.org, for search engines."""

    @property
    def root(self) -> str:
        """The way to the front page."""
        return "../" * self.path.count("/") or "./"


def pages(archive: Archive) -> Iterator[Page]:
    """Every page of the site."""
    yield front(archive)
    for name in archive.names:
        yield contestant(archive, name)
    for a, b in archive.pairs:
        yield pair(archive, a, b)
    yield questions(archive)
    yield runs(archive)


def path(*names: str) -> str:
    """Of the page of a contestant or of a pair."""
    return f"{'pairs' if len(names) > 1 else 'contestants'}/{'-v-'.join(names)}.html"


def front(archive: Archive) -> Page:
    """The newest answer, the change points, and ways to all else."""
    files = {"All runs": "runs.html", "Feed of change points (Atom)": FEED}
    files |= {name: name for name in (LATEST_FILE, LATEST_SCHEMA_FILE)}
    parts = (
        _answer(archive.newest),
        _changes(archive, archive.changes[:RECENT], "./"),
        Part("contestants", "Contestants", table=_contestants(archive)),
        Part("pairs", "Pairs", table=_pairs(archive)),
        Part(
            "data",
            "The data",
            (f"{len(archive.runs)} runs are published. {LATEST_FILE} is for programs.",),
            links=tuple(Link(text, f"./{place}") for text, place in files.items()),
        ),
    )
    return Page(FRONT, "Levelbench", parts, _dataset(archive))


def _answer(run: Published | None) -> Part:
    workload = main_workload(run.results) if run else None
    if run is None or workload is None:
        return Part("newest", "The newest answer", (NO_ANSWER,))
    results, entry = run.results, run.entry
    when = entry.started_at.strftime("%-d %B %Y, %H:%M")
    about = f"{when} UTC, profile {entry.profile}, {machine.cores(results)}, {entry.images} images."
    return Part(
        "newest",
        "The newest answer",
        (" ".join(answer(results, run.run)), about),
        status(results, run.run),
        pictures(results, workload),
        command=machine.rerun(results, run.run),
        links=(Link("The full report", f"./{report_path(run)}"),),
    )


def _changes(archive: Archive, changes: Sequence[ChangePoint], root: str) -> Part:
    if not changes:
        return Part("changes", "Change points", ("None was found.",))
    labels = "Contestant", "Series", "#Change", "First run", "Found after", "What differs"
    rows = [_change(archive, change, root) for change in changes]
    return Part("changes", "Change points", (CHANGES,), table=_table("New levels", labels, rows))


def _change(archive: Archive, change: ChangePoint, root: str) -> tuple[Cell, ...]:
    size = change_cell(change.ratio)
    return (
        _to(archive, root, *change.series.of),
        Cell(change.series.title, change.series.machine),
        replace(size, detail=f"{size.detail}, provisional"),
        _dated(change.run, root),
        _dated(change.seen, root),
        Cell(join(change.changed) or "nothing that the lab records"),
    )


def _contestants(archive: Archive) -> Table:
    rows = []
    for name in archive.names:
        own = archive.of(name)
        last = next((series.points[-1] for series in own if series.kind is SHARE), None)
        share = SHARE.cell(last.value) if last else Cell(UNDEFINED, tone="muted")
        day = _dated(last.run, "./") if last else Cell(UNDEFINED, tone="muted")
        rows.append((_to(archive, "./", name), share, day, Cell(str(len(newest_first(own))))))
    labels = "Contestant", "#Throughput relative to baseline", "Run", "#Change points"
    return _table("Every contestant", labels, rows, BASELINES)


def _pairs(archive: Archive) -> Table:
    rows = []
    for both in archive.pairs:
        first = archive.of(*both)[0]
        last = first.points[-1]
        row = _to(archive, "./", *both), first.kind.cell(last.value), Cell(first.title)
        rows.append((*row, _dated(last.run, "./")))
    table = _table("Every pair", ("Pair", "#Difference", "Load", "Run"), rows)
    return replace(table, folded=len(rows) > RECENT)


def _dataset(archive: Archive) -> Mapping[str, object]:
    """https://schema.org/Dataset."""
    first, last = (archive.runs[place].entry.started_at.date() for place in (0, -1))
    about = {"@type": "DataDownload", "encodingFormat": "application/json"}
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": "Levelbench: Python web frameworks under the same load",
        "description": "Throughput, latency, CPU time, memory and instructions per request of "
        "Python web frameworks that do equal work, with 95% confidence intervals.",
        "creator": {"@type": "Organization", "name": "Levelbench"},
        "license": "https://spdx.org/licenses/MIT",
        "isAccessibleForFree": True,
        "temporalCoverage": f"{first}/{last}",
        "dateModified": str(last),
        "distribution": [{**about, "contentUrl": LATEST_FILE}],
    }


def contestant(archive: Archive, name: str) -> Page:
    """A contestant's series, its change points, and the versions of its packages."""
    own, root = archive.of(name), "../"
    pairs = [both for both in archive.pairs if name in both]
    links = tuple(Link(archive.title(*both), root + path(*both)) for both in pairs)
    parts = (
        _series(own, SERIES),
        _changes(archive, newest_first(own), root),
        _versions(archive, name, root),
        Part("pairs", "Compared with", links=links),
    )
    return Page(path(name), archive.names[name], parts)


def _series(found: Sequence[Series], text: str) -> Part:
    charts = tuple(draw(series, f"series-{n}", "../") for n, series in enumerate(found, start=1))
    return Part("series", "Run after run", (text,), charts=charts)


def _versions(archive: Archive, name: str, root: str) -> Part:
    """Its packages, where they changed between runs."""
    with_it = [run for run in reversed(archive.comparing) if name in run.contestants]
    recorded = [versions(run.record, name) for run in with_it]
    changes = [differing(then, now) for then, now in pairwise(recorded)]
    rows = [
        (_dated(run, root), Cell(join(changed)))
        for run, changed in zip(with_it[1:], changes, strict=True)
        if changed
    ]
    now = join([f"{package} {version}" for package, version in recorded[-1].items()])
    text = f"In the last run: {now}." if now else "They are not recorded."
    table = _table("Changed since the run before", ("Run", "Packages"), rows[::-1])
    return Part("versions", "Versions of its packages", (text,), table=table)


def pair(archive: Archive, a: str, b: str) -> Page:
    """The ratio of two contestants, and in which traits they differ."""
    names = [archive.names[name] for name in (a, b)]
    run = next(run for run in archive.comparing if {a, b} <= set(run.contestants))
    one, other = (run.record.services[name].traits for name in (a, b))
    rows = [
        (Cell(LABELS[trait]), Cell(str(one[trait])), Cell(str(other[trait])))
        for trait in differing_traits(one, other)
    ]
    text = "A difference includes every part in which the stacks differ."
    links = tuple(Link(archive.names[name], f"../{path(name)}") for name in (a, b))
    table = _table("Traits that differ", ("Trait", *names), rows)
    parts = (
        _series(archive.of(a, b), PAIR.format(*names)),
        Part("stacks", "Stacks", (text,), table=table, links=links),
    )
    return Page(path(a, b), archive.title(a, b), parts)


def questions(archive: Archive) -> Page:
    """Each question with the answer of the newest run that has one."""
    rows = [_question(archive, question) for question in QUESTIONS]
    table = _table("Every question", ("Question", "Answer", "Command"), rows)
    part = Part("questions", "Answers of published runs", (QUESTIONS_TEXT,), table=table)
    return Page("questions.html", "Questions", (part,))


def _question(archive: Archive, question: Question) -> tuple[Cell, ...]:
    found = question.answer(archive.quotable)
    answered = Cell("Not measured yet.", tone="muted")
    if found:
        place = f"{machine.cores(found.run.results)}, {word(found.run)}"
        answered = replace(_dated(found.run, "./"), text=found.text)
        answered = replace(answered, detail=f"{date(found.run.entry.started_at)}, {place}")
    command = f"`{question.command}`" if question.command else "no command yet"
    asked = f"asked: {question.asked}" if question.asked else None
    return Cell(question.text, asked), answered, Cell(command)


def runs(archive: Archive) -> Page:
    """Every published run, also those that may not be quoted."""
    labels = "Run", "Status", "Profile", "Machine", "Loads", "Services", "Commit"
    table = _table("Every run", labels, [_run(run) for run in reversed(archive.runs)])
    return Page("runs.html", "Runs", (Part("runs", "Published runs", (RUNS,), table=table),))


def _run(run: Published) -> tuple[Cell, ...]:
    entry = run.entry
    loads = ["instructions"] * entry.counted + list(entry.workloads)
    return (
        _dated(run, "./"),
        Cell(word(run), next(iter(run.results.reasons), None)),
        Cell(entry.profile),
        Cell(f"{machine.cores(run.results)}, {entry.images} images"),
        Cell(join(loads) or UNDEFINED),
        Cell(join(entry.services)),
        Cell((entry.git_commit or UNDEFINED)[:12]),
    )


def _table(
    caption: str, labels: Sequence[str], rows: Sequence[tuple[Cell, ...]], *notes: str
) -> Table:
    """A table; `#` marks a column of numbers."""
    columns = (Column(label.removeprefix("#"), numeric=label.startswith("#")) for label in labels)
    return Table(caption, tuple(columns), tuple(rows), notes)


def _dated(run: Published, root: str) -> Cell:
    """The date of a run, with a link to its report."""
    return Cell(date(run.entry.started_at), links=(Link("report", root + report_path(run)),))


def _to(archive: Archive, root: str, *names: str) -> Cell:
    """A link to the page of a contestant or of a pair."""
    return Cell("", links=(Link(archive.title(*names), root + path(*names)),))
