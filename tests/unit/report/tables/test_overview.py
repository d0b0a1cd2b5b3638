from levelbench.analysis.derive import derive
from levelbench.report.tables.overview import overview
from tests.unit.factories import make_run
from tests.unit.factories.standard import standard_run
from tests.unit.report.reading import row


def test_one_line_has_each_figure_under_the_load_that_tells_it() -> None:
    results = derive(standard_run(blocks=5, others=5))
    table = overview(results, list(results.workloads))
    assert [column.label for column in table.columns] == [
        "Contestant",
        "Rank",
        "Throughput, requests/s",
        "p95 latency at 90 requests/s, ms",
        "p95 latency at 144 requests/s, ms",
        "Capacity with p95 up to 200 ms, requests/s",
        "Throughput, full speed without sign-in (closed-no-auth), requests/s",
        "Errors",
        "CPU per request, ms",
        "CPU relative to baseline",
        "Peak memory, MiB",
        "Cold start, ms",
    ]
    shown = row(table, "django")
    assert shown["Rank"][0] == "4"
    assert shown["CPU relative to baseline"][0] == "10.8"
    assert row(table, "bare asgi")["Rank"][0] == "not ranked"


def test_every_figure_says_where_it_stands_in_the_results() -> None:
    results = derive(standard_run(blocks=1, others=1))
    table = overview(results, list(results.workloads))
    pointers = [cell.figure or "" for cell in table.rows[0][2:]]
    assert pointers[1].startswith("/workloads/open-50/services/")
    assert pointers[-1].startswith("/services/")
    assert None not in pointers


def test_a_single_load_needs_none() -> None:
    results = derive(make_run())
    assert overview(results, ["closed"]).rows == ()


def test_a_contestant_that_never_came_to_the_load_is_in_it() -> None:
    run = standard_run(blocks=1, others=1)
    services = run.record.services
    gone = services["flask"].model_copy(
        update={"failure": "it does not build", "display_name": "gone"}
    )
    record = run.record.model_copy(
        update={
            "services": services | {"gone": gone},
        }
    )
    results = derive(run.model_copy(update={"record": record}))
    shown = row(overview(results, list(results.workloads)), "gone")
    assert shown["Contestant"] == ("gone", "it does not build")
    assert shown["Rank"] == ("failed", None)
    assert shown["Errors"] == ("—", None)
