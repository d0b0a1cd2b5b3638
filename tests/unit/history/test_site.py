"""The site: its pages, its feed and its files for programs, built from a store."""

import json
import re
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from levelbench.history import pages, site
from levelbench.history.archive import Archive
from levelbench.history.store import Published, StoreError
from levelbench.model.store import Latest
from tests.unit.factories import make_run, service
from tests.unit.factories.kinds import HOSTILE
from tests.unit.factories.nights import keep, nights, published, renamed

ATOM = "{http://www.w3.org/2005/Atom}"
SMOKE = renamed(
    published(make_run(blocks=1, control=None, profile="smoke", publishable=False)), "a-smoke"
)


def build(runs: tuple[Published, ...], folder: Path) -> Path:
    site.build(keep(runs, folder), folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of 16 nights, and of a smoke run."""
    return build((SMOKE, *nights(16)), tmp_path_factory.mktemp("site"))


class Links(HTMLParser):
    """Targets and ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [value for value in [found.get("id")] if value]
        for name in ("href", "src", "xlink:href"):
            if target := found.get(name):
                self.targets.append(target)


def html(folder: Path) -> list[Path]:
    """Its own pages, without the reports."""
    return [path for path in folder.rglob("*.html") if path.name != "report.html"]


def test_each_contestant_and_each_pair_has_a_page(built: Path) -> None:
    names = ("django", "fastapi", "flask", "starlette")
    expected = {"index.html", "questions.html", "runs.html"}
    expected |= {f"contestants/{name}.html" for name in names}
    expected |= {f"pairs/{a}-v-{b}.html" for a in names for b in names if a < b}
    assert {path.relative_to(built).as_posix() for path in html(built)} == expected


def test_every_link_leads_to_a_file_of_the_site(built: Path) -> None:
    for page in html(built):
        for target in Links(page.read_text()).targets:
            if not target.startswith(("#", "data:")):
                assert (page.parent / target).is_file(), f"{page}: {target}"


def test_no_page_has_an_id_twice(built: Path) -> None:
    for page in html(built):
        ids = Links(page.read_text()).ids
        assert len(ids) == len(set(ids)), page


def test_a_page_of_a_hundred_nights_is_small() -> None:
    archive = Archive(nights(100))
    environment = site.html.environment(site.PACKAGE)
    template = environment.get_template("page.html.j2")
    for page in pages.pages(archive):
        text = template.render(page=page, style="", feed=pages.FEED)
        assert len(text.encode()) < 900_000, page.path


def test_the_front_page_has_the_newest_answer(built: Path) -> None:
    text = (built / "index.html").read_text()
    assert "Ratios only" in text
    assert "Starlette" in text
    assert "17 January 2026, 03:04 UTC, profile nightly, 2 cores of Example CPU" in text
    assert 'href="./runs/20260117-030405-nightly/report.html"' in text
    assert "make bench PROFILE=nightly SEED=42" in text
    assert "provisional" in text
    assert "fastapi 1.2.3 to 1.3.0" in text


def test_search_engines_get_a_data_set(built: Path) -> None:
    text = (built / "index.html").read_text()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    found = json.loads(block)
    assert (found["@context"], found["@type"]) == ("https://schema.org", "Dataset")
    assert found["temporalCoverage"] == "2026-01-02/2026-01-17"
    assert 50 <= len(found["description"]) <= 5000
    assert (built / found["distribution"][0]["contentUrl"]).is_file()


def test_a_contestant_has_its_change_points_and_versions(built: Path) -> None:
    text = (built / "contestants" / "fastapi.html").read_text()
    assert text.count('class="change"') == 2
    assert "In the last run: fastapi 1.3.0 and celery 5.6.0." in text
    assert "2 change points" not in text  # one in each series
    assert "1 change point." in text
    other = (built / "contestants" / "flask.html").read_text()
    assert 'class="change"' not in other
    assert "None was found." in other


def test_a_pair_has_the_traits_that_differ(built: Path) -> None:
    text = (built / "pairs" / "fastapi-v-starlette.html").read_text()
    assert "Traits that differ" in text
    assert "pydantic" in text
    assert "gunicorn" not in text


def test_what_is_not_measured_is_said_to_be(built: Path) -> None:
    text = (built / "questions.html").read_text()
    assert text.count("Not measured yet.") == 24 - 4
    assert "no command yet" in text


def test_runs_that_may_not_be_quoted_are_listed(built: Path) -> None:
    text = (built / "runs.html").read_text()
    assert text.count("/report.html") == 33
    assert "Do not quote" in text
    assert "Publishable" in text  # a count
    assert "The smoke profile is too small to be published." in text


def test_the_feed_is_valid(built: Path) -> None:
    feed = ElementTree.fromstring((built / "feed.xml").read_text())
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 2
    for part in (feed, *entries):
        for name in ("id", "title", "updated"):
            (found,) = part.findall(f"{ATOM}{name}")
            assert found.text
        assert datetime.fromisoformat(part.findtext(f"{ATOM}updated", "")).tzinfo
    ids = [entry.findtext(f"{ATOM}id", "") for entry in entries]
    assert len(set(ids)) == 2
    assert all(one.startswith("urn:uuid:") for one in ids)
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    for entry in entries:
        assert "rovisional" in entry.findtext(f"{ATOM}content", "")
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert (built / link.attrib["href"]).is_file()


def test_latest_json_follows_its_schema(built: Path) -> None:
    content = json.loads((built / "latest.json").read_text())
    jsonschema.validate(content, json.loads((built / "latest.schema.json").read_text()))
    found = Latest.model_validate_json((built / "latest.json").read_text())
    assert found.run is not None
    assert (found.run.run_id, found.status) == ("20260117-030405-nightly", "Ratios only")
    assert found.workload == "closed"
    assert len(found.pairs) == 6
    assert {change.service for change in found.changes} == {"fastapi"}
    assert all(change.provisional for change in found.changes)
    assert (built / str(found.report)).is_file()


def test_the_same_store_gives_the_same_bytes(tmp_path: Path) -> None:
    store = keep(nights(2), tmp_path)
    for name in ("one", "two"):
        site.build(store, tmp_path / name)
    files = [path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*")]
    assert len(files) > 10
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_store_without_a_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="has no published run"):
        site.build(keep((), tmp_path), tmp_path / "site")


def test_without_a_run_that_may_be_quoted_the_front_page_says_so(tmp_path: Path) -> None:
    folder = build((SMOKE,), tmp_path)
    assert "No published run may be quoted yet" in (folder / "index.html").read_text()
    assert json.loads((folder / "latest.json").read_text())["run"] is None
    assert len(html(folder)) == 3


def test_a_count_alone_is_no_answer_but_has_series(tmp_path: Path) -> None:
    folder = build(nights(1)[1:], tmp_path)
    assert "No published run may be quoted yet" in (folder / "index.html").read_text()
    assert "Instructions per request: list" in (folder / "contestants/django.html").read_text()


def test_text_from_outside_is_text(tmp_path: Path) -> None:
    services = {
        name: service(name, display_name=HOSTILE, packages={HOSTILE: HOSTILE})
        for name in ("django", "flask")
    }
    rates = {"django": 180.0, "flask": 260.0}
    run = published(make_run(throughput=rates, control="flask", services=services))
    folder = build((renamed(run, "hostile"),), tmp_path)
    for page in html(folder):
        text = page.read_text()
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "\u202e" not in text
    ElementTree.fromstring((folder / "feed.xml").read_text())
