"""A table read by its column and row, as a reader does."""

from levelbench.report.tables.table import Table


def row(table: Table, name: str) -> dict[str, tuple[str, str | None]]:
    cells = next(row for row in table.rows if row[0].text == name)
    return {
        column.label: (cell.text, cell.detail)
        for column, cell in zip(table.columns, cells, strict=True)
    }
