"""CSV, charts and command of a run with isolated endpoints."""

import csv
import io

from levelbench.analysis.derive import derive
from levelbench.report import csvfile
from levelbench.report.machine import rerun
from tests.unit.factories.alone import make_run


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
