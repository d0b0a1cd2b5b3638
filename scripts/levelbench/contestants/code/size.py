# ruff: noqa: N802 - LibCST names a visitor's methods by its nodes
"""Count lines and decisions (cyclomatic complexity) of Python source.

LibCST and lizard have their own parsers: contestants may use a later Python than the lab, whose
`ast` module cannot parse it.
"""

import libcst as cst
import lizard  # type: ignore[import-untyped]


class _Bare(cst.CSTTransformer):
    """Remove comments and docstrings.

    A body that has only a docstring becomes `pass`.
    """

    def leave_EmptyLine(
        self, original_node: cst.EmptyLine, updated_node: cst.EmptyLine
    ) -> cst.EmptyLine:
        return updated_node.with_changes(comment=None)

    def leave_TrailingWhitespace(
        self, original_node: cst.TrailingWhitespace, updated_node: cst.TrailingWhitespace
    ) -> cst.TrailingWhitespace:
        return updated_node.with_changes(comment=None)

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.RemovalSentinel:
        if all(_is_string(statement) for statement in updated_node.body):
            return cst.RemoveFromParent()
        return updated_node


def _is_string(statement: cst.BaseSmallStatement) -> bool:
    return isinstance(statement, cst.Expr) and isinstance(
        statement.value, cst.SimpleString | cst.ConcatenatedString
    )


def lines_of(node: cst.CSTNode) -> int:
    """Count lines of code, without blank lines, comments and docstrings."""
    bare = node.visit(_Bare())
    if not isinstance(bare, cst.CSTNode):
        return 0  # a docstring
    text = bare.code if isinstance(bare, cst.Module) else cst.Module([]).code_for_node(bare)
    return sum(bool(line.strip()) for line in text.split("\n"))


def decisions_by_line(path: str, source: str) -> dict[int, int]:
    """Line -> decisions of the function that starts there: lizard's cyclomatic complexity - 1."""
    found: dict[int, int] = {}
    for function in lizard.analyze_file.analyze_source_code(path, source).function_list:
        decisions = function.cyclomatic_complexity - 1
        found[function.start_line] = found.get(function.start_line, 0) + decisions
    return found
