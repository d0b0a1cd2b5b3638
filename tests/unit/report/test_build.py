"""The files of a report, from a run's folder alone."""

import csv
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from levelbench import report
from levelbench.analysis.claims.article import article
from levelbench.analysis.claims.judge import judged
from levelbench.analysis.derive import derive
from levelbench.model import results
from levelbench.model.files import ResultsError
from levelbench.model.finding import Finding
from levelbench.model.folder import Run, load_run
from levelbench.model.run import RunArguments
from levelbench.model.trial import save_trial
from levelbench.report.machine import rerun
from levelbench.report.sections import MEANING
from tests.unit.factories import make_run, service, write_run

FILES = ("results.json", "results.csv", "report.md", "report.html")
PICTURES = ("pairs-light.svg", "pairs-dark.svg")
HOSTILE = "</script><script>alert(1)</script> | `x` <img src=x onerror=alert(2)>\nnext {{ 7*7 }}"


class Page(HTMLParser):
    """Collects what a browser would find, and that every element is closed where it must be."""

    VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" not in self.open and "style" not in self.open:
            self.text.append(data)

    def attributes(self, name: str) -> list[str]:
        return [attrs[name] or "" for _, attrs in self.tags if name in attrs]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_run(tmp_path_factory.mktemp("run"), make_run(reference=True))
    report.build(folder)
    return folder


@pytest.fixture(scope="module")
def page(folder: Path) -> Page:
    return Page((folder / "report.html").read_text())


def test_results_json_is_the_derived_results(folder: Path) -> None:
    assert results.load_results(folder) == judged(derive(load_run(folder)))


def test_the_same_folder_gives_the_same_bytes(folder: Path) -> None:
    before = {name: (folder / name).read_bytes() for name in (*FILES, *PICTURES)}
    report.build(folder)
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_a_run_without_a_pair_to_compare_keeps_no_picture(tmp_path: Path) -> None:
    folder = write_run(tmp_path, make_run(throughput={"flask": 250.0}, control=None))
    for name in PICTURES:  # of an earlier version
        (folder / name).write_text("<svg/>")
    report.build(folder)
    assert not [name for name in PICTURES if (folder / name).exists()]


def test_a_folder_that_cannot_be_read_gets_no_report(tmp_path: Path) -> None:
    with pytest.raises(ResultsError):
        report.build(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_csv_is_tidy(folder: Path) -> None:
    with (folder / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        "run_id", "service", "workload", "endpoint", "metric", "value", "low", "high", "unit",
        "trials", "bound",
    ]  # fmt: skip
    derived = results.load_results(folder).workloads["closed"].services["flask"]
    (row,) = [
        r
        for r in rows
        if (r["service"], r["endpoint"], r["metric"]) == ("flask", "", "throughput_rps")
    ]
    bounds = derived.metrics["throughput_rps"].confidence_interval
    assert bounds is not None
    assert float(row["value"]) == derived.metrics["throughput_rps"].value
    assert (float(row["low"]), float(row["high"])) == (bounds.low, bounds.high)
    assert (row["unit"], row["trials"]) == ("requests/s", "5")
    keys = [(r["service"], r["workload"], r["endpoint"], r["metric"]) for r in rows]
    assert len(keys) == len(set(keys))
    (undefined,) = [
        r
        for r in rows
        if (r["service"], r["endpoint"], r["metric"]) == ("flask", "register", "latency_p99_ms")
    ]
    assert (undefined["value"], undefined["low"], undefined["high"]) == ("", "", "")


def test_the_page_is_well_formed_and_asks_the_network_for_nothing(page: Page) -> None:
    assert page.open == []
    assert page.attributes("src") == []
    assert all(href.startswith(("#", "https://")) for href in page.attributes("href"))
    policy = next(a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a)
    assert policy is not None
    assert policy.startswith("default-src 'none'")


def test_the_page_is_accessible(page: Page) -> None:
    names = [tag for tag, _ in page.tags]
    assert ("html", {"lang": "en"}) in page.tags
    assert names.count("caption") == names.count("table") > 5
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
    assert names.count("h1") == 1
    assert names.count("main") == 1
    identities = page.attributes("id")
    assert len(identities) == len(set(identities))
    anchors = {href[1:] for href in page.attributes("href") if href.startswith("#")}
    assert anchors <= set(identities)
    assert all(label in identities for label in page.attributes("aria-labelledby"))


def test_the_page_holds_status_answer_tables_and_trust(page: Page) -> None:
    text = " ".join(" ".join(page.text).split())
    for expected in (
        "▲ Ratios only All 30 measurements count.",
        "Starlette and FastAPI",
        "At a glance",
        "Cores for your load",
        "Contestants: full speed (closed)",
        "Each endpoint: full speed (closed)",
        "Where the CPU time goes: full speed (closed)",
        "Background tasks: full speed (closed)",
        "Every measurement: full speed (closed)",
        "sha256:" + "a1" * 32,
        "make bench PROFILE=quick SEED=42 SERVICES=django,fastapi,flask,floor,starlette",
    ):
        assert expected in text, expected


SECTIONS = [
    "The answer",
    MEANING,
    "Charts",
    "Which one should you use?",
    "What it costs in code",
    "Equal work",
    "Can you trust it?",
    "Does the article hold?",
    "The machine",
]


LIMITS = "What is not measured"
"""A paragraph of the first section."""


def test_the_sections_stand_in_reading_order(folder: Path) -> None:
    html = (folder / "report.html").read_text()
    assert re.findall(r"<h2 [^>]*>(.*?)</h2>", html) == SECTIONS
    contents = html[html.index("<nav") : html.index("</nav>")]
    assert re.findall(r"<a [^>]*>(.*?)</a>", contents) == [*SECTIONS[:2], LIMITS, *SECTIONS[2:]]


def test_a_run_that_decides_nothing_is_marked_as_a_whole(tmp_path: Path) -> None:
    report.build(write_run(tmp_path, make_run(publishable=False)))
    tags = Page((tmp_path / "report.html").read_text()).tags
    assert [attrs.get("class") for tag, attrs in tags if tag == "main"] == ["undecided"]


def test_markdown_has_the_same_tables(folder: Path, page: Page) -> None:
    text = (folder / "report.md").read_text()
    captions = re.findall(r"^#{3,} (.*)\n\n\|", text, re.MULTILINE)
    names = [tag for tag, _ in page.tags]
    assert len(captions) == names.count("table")
    for lines in re.findall(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE):
        bars = {len(re.findall(r"(?<!\\)\|", line)) for line in lines.splitlines()}
        assert len(bars) == 1


def test_names_and_log_lines_stay_text(tmp_path: Path) -> None:
    run = make_run(
        findings=(Finding(code="x", severity="warning", cause=HOSTILE, remedy=HOSTILE),),
        services={
            **{name: service(name) for name in ("django", "fastapi", "flask")},
            "starlette": service("starlette", packages={HOSTILE: HOSTILE}, failure=HOSTILE),
        },
    )
    report.build(write_run(tmp_path, run))
    html = (tmp_path / "report.html").read_text()
    page = Page(html)
    assert page.open == []
    assert not any(tag == "img" for tag, _ in page.tags)
    assert "alert(1)</script>" not in html
    assert "{{ 7*7 }}" in " ".join(page.text)
    markdown = (tmp_path / "report.md").read_text()
    assert "<script>" not in markdown.replace("\\<", "")
    assert re.search(r"^next", markdown, re.MULTILINE) is None


def test_hostile_names_stay_text_in_charts(tmp_path: Path) -> None:
    name = "</script><b>"
    run = make_run(throughput={name: 100.0, "flask": 90.0}, control=None)
    run_folder = write_run(tmp_path, run.model_copy(update={"trials": ()}))
    for record in run.trials:  # no folder can have such a name
        save_trial(run_folder / "trials" / f"{record.number:03d}", record)
    report.build(run_folder)
    html = (run_folder / "report.html").read_text()
    assert Page(html).open == []
    assert name not in html


@pytest.mark.parametrize(
    "run",
    [
        make_run(blocks=1, control=None, profile="smoke", publishable=False),
        make_run(measured_blocks=2),
        make_run(throughput={"flask": 250.0}, control=None),
        make_run(throughput={"flask": 250.0}, control=None, failed="flask"),
        make_run(status="partial").model_copy(update={"trials": ()}),
        make_run(workloads={}, plan=()).model_copy(update={"trials": ()}),
    ],
    ids=["smoke", "partial", "one", "failed", "no trial", "nothing"],
)
def test_every_kind_of_run_has_a_report(tmp_path: Path, run: Run) -> None:
    report.build(write_run(tmp_path, run))
    assert Page((tmp_path / "report.html").read_text()).open == []
    assert all((tmp_path / name).stat().st_size for name in FILES)


def test_the_command_carries_every_choice_that_is_not_the_default() -> None:
    run = make_run(
        throughput={"flask": 250.0},
        control=None,
        choices=RunArguments(
            workload="closed,open", workloads={"closed": 5}, mix="uniform", scale=10
        ),
    )
    assert rerun(derive(run), run) == (
        "make bench PROFILE=quick SEED=42 SERVICES=flask WORKLOAD=closed,open MIX=uniform SCALE=10"
    )


def test_the_articles_claims_are_compared_with_every_run(folder: Path, page: Page) -> None:
    assert len(results.load_results(folder).claims) == 10
    text = " ".join(" ".join(page.text).split())
    for claim in article().claims:
        assert claim.text in text
        assert claim.remark in text
        assert claim.id not in text
