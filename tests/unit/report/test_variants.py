"""The section of variants, the CSV lines of effects, and where variants do not appear."""

import csv
import io

from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.derive import derive
from levelbench.report import csvfile, markdown, variants
from levelbench.report.answer import answer
from tests.unit.factories import make_run
from tests.unit.factories.variants import VARIANTS, variants_run

RUN = variants_run()
RESULTS = derive(RUN)


def test_section_is_as_approved(snapshot: SnapshotAssertion) -> None:
    section = variants.section(RESULTS, RUN, ["closed"])
    assert "\n".join(section.text) == snapshot
    (table,) = section.tables
    cells = [
        [cell.text + f" ({cell.detail})" * bool(cell.detail) for cell in row] for row in table.rows
    ]
    assert [column.label for column in table.columns] == snapshot
    assert cells == snapshot


def test_a_run_without_variants_has_no_section() -> None:
    run = make_run()
    assert variants.section(derive(run), run, ["closed"]).is_empty


def test_the_answer_names_no_variant() -> None:
    shown = {RESULTS.services[name].display_name for name in VARIANTS}
    assert not any(name in sentence for sentence in answer(RESULTS, RUN) for name in shown)


def test_the_report_has_the_section() -> None:
    assert "Variants: main effects" in markdown.render(RESULTS, RUN)


def test_each_effect_is_a_line_of_the_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(csvfile.render(RESULTS))))
    found = {
        row["service"]: row for row in rows if row["metric"] == "ratio_to_parent.throughput_rps"
    }
    assert set(found) == {*VARIANTS, "django-granian+fastapi-granian"}
    assert found["fastapi-granian"]["value"].startswith("1.078")
    assert found["fastapi-granian"]["trials"] == "5"
