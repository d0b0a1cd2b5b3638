"""Read a table's cell by row and column."""

from levelbench.report.tables.table import Table


def row(table: Table, name: str) -> dict[str, tuple[str, str | None]]:
    cells = next(row for row in table.rows if row[0].text.casefold() == name.casefold())
    return {
        column.label: (cell.text, cell.detail)
        for column, cell in zip(table.columns, cells, strict=True)
    }
