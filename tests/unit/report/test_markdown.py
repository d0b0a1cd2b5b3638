"""The Markdown summary for a CI job's page."""

import re

from levelbench.analysis.derive import derive
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.report import markdown
from levelbench.report.trust import NOTHING_AMISS
from tests.unit.factories import make_run, service

HOSTILE = "<script>alert(1)</script>\n# **bold** | `x` [link](https://example.com)"


def summary(run: Run) -> str:
    return markdown.summary(derive(run), run)


def captions(text: str) -> list[str]:
    return re.findall(r"^### (.*)$", text, re.MULTILINE)


def test_it_begins_with_the_status_and_the_answer() -> None:
    title, status, answer, picture, *_ = summary(make_run()).split("\n\n")
    assert title == "# Levelbench: 20260102T030405-quick"
    assert status.startswith("**▲ Ratios only.** All 25 measurements count.")
    assert "Starlette and FastAPI tie" in answer
    assert picture.startswith("```text\nHow many more requests")


def test_it_holds_the_first_tables_of_the_report() -> None:
    run = make_run(reference=True)
    text, whole = summary(run), markdown.render(derive(run), run)
    assert captions(text)[:2] == ["At a glance", "Cores for your load"]
    tables = re.findall(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE)
    assert tables
    assert all(table in whole for table in tables)
    assert len(text) < len(whole) / 2


def test_a_run_without_findings_says_so() -> None:
    text = summary(make_run())
    assert "Findings" not in captions(text)
    assert text.endswith(f"{NOTHING_AMISS}\n")


def test_findings_stand_in_it_with_their_remedy() -> None:
    finding = Finding(code="core-stolen", severity="warning", cause="A cause.", remedy="A remedy.")
    text = summary(make_run(findings=(finding,)))
    assert captions(text)[-1].startswith("Findings")
    assert "core-stolen" in text
    assert "A remedy." in text


def test_a_run_that_is_not_valid_says_so_first() -> None:
    finding = Finding(code="x", severity="error", cause="It broke.", remedy="Fix it.")
    _, status, *_ = summary(make_run(findings=(finding,))).split("\n\n")
    assert status == "**✕ Not valid.** All 25 measurements count. It broke. Fix it."


def test_what_comes_from_outside_is_no_markup() -> None:
    run = make_run(
        findings=(Finding(code="x", severity="warning", cause=HOSTILE, remedy=HOSTILE),),
        services={
            **{name: service(name) for name in ("django", "fastapi", "flask")},
            "starlette": service("starlette", failure=HOSTILE),
        },
    )
    text = summary(run)
    assert "<script>" not in text.replace("\\<", "")
    assert "[link]" not in text.replace("\\[", "")
    for lines in re.findall(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines.splitlines()}) == 1


def test_text_between_backquotes_is_code_and_all_else_is_text() -> None:
    assert markdown.escape("Stop it (`top` shows *it*)\nnow") == r"Stop it (`top` shows \*it\*) now"
    assert markdown.escape("`a <b>`") == r"\`a \<b\>\`"
