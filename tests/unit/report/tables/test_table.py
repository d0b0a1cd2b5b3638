from levelbench.report.tables.table import Table


def test_a_table_is_found_by_its_caption() -> None:
    assert Table("Every pair: closed, CPU per request", (), ()).anchor == (
        "table-every-pair-closed-cpu-per-request"
    )


def test_an_anchor_holds_no_markup() -> None:
    assert Table('"><script>alert(1)', (), ()).anchor == "table-script-alert-1"
