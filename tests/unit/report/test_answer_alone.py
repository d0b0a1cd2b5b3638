"""What a report says where each endpoint was alone."""

import csv
import io
import json

from rich.console import Console

from levelbench import report
from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.report import charts, csvfile
from levelbench.report.answer import answer
from levelbench.report.sections import rerun
from tests.unit.factories import UNEVEN
from tests.unit.factories.alone import RATES, make_run


def said(run: Run) -> tuple[str, str]:
    return answer(derive(run), run)


def test_the_largest_difference_of_each_endpoint_is_told() -> None:
    found, trust = said(make_run())
    assert found.startswith("With each endpoint alone under 100 users: on list ")
    assert "on detail starlette handled 2.9" in found
    assert "times django's requests; on task " in found
    assert "on register and login no difference beyond a tie was shown" in found
    assert found.endswith("; a list request cost 6.00 to 12.0 times the reference's CPU.")
    assert "over all endpoints, and each endpoint's own noise decides" in trust


def test_an_uneven_endpoint_is_left_open_and_the_others_are_told() -> None:
    factors: dict[Endpoint, tuple[float, ...]] = {"detail": UNEVEN}
    found, _ = said(make_run(control_factor=factors))
    assert "on detail one contestant against itself did not come out even" in found
    assert "on detail starlette" not in found
    assert "on list " in found


def test_no_order_is_told_from_fewer_than_three_trials() -> None:
    found, _ = said(make_run(blocks=2, control=None))
    assert "no difference can be told from noise with fewer than 3 trials each" in found
    assert "handled" not in found


def test_one_contestant_has_nothing_beside_it() -> None:
    found, _ = said(make_run(rates={"django": RATES["django"]}, control=None, reference=False))
    assert "django handled 49.1 register (" in found
    assert found.endswith("requests a second; nothing stands beside it.")


def test_nobody_is_said_to_be_not_ranked() -> None:
    assert "ranked" not in said(make_run())[0]


def test_the_command_asks_for_the_workload_again() -> None:
    run = make_run()
    assert "WORKLOAD=endpoints" in rerun(derive(run), run)


def test_csv_has_the_references_part_of_each_endpoint_and_no_invented_total() -> None:
    rows = list(csv.DictReader(io.StringIO(csvfile.render(derive(make_run())))))
    django = {(r["endpoint"], r["metric"]): r for r in rows if r["service"] == "django"}
    assert float(django["list", "cpu_ratio_to_reference"]["value"]) > 11
    assert float(django["list", "throughput_ratio_to_reference"]["low"]) > 0.2
    assert float(django["list", "cpu_ms_per_request.service"]["value"]) > 5
    assert django["list", "cpu_ms_per_request.postgres"]["unit"] == "ms"
    assert django["", "throughput_rps"]["value"] == ""
    assert django["", "cpu_ms_per_request.service"]["value"] == ""


def test_charts_show_every_endpoint_and_the_reference_in_grey() -> None:
    run = make_run()
    drawn = charts.all_charts(derive(run), run, "endpoints")
    assert [chart.id for chart in drawn] == ["throughput-endpoints", "cpu-endpoints"]
    for chart in drawn:
        assert chart.svg.startswith("<svg")
        spec = json.dumps({key: value for key, value in chart.spec.items() if key != "$schema"})
        assert '"url"' not in spec
        assert all(f'"{endpoint}"' in spec for endpoint in ENDPOINTS)
        assert '"floor"' in spec
    empty = run.model_copy(update={"trials": ()})
    assert charts.all_charts(derive(empty), empty, "endpoints") == []


def test_the_terminal_holds_the_table_in_80_columns() -> None:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(report.terminal_table(derive(make_run())))
    text = captured.get()
    assert "Each endpoint alone" in text
    assert "starlette" in text
    assert "12.0" in text
    assert "…" not in text
