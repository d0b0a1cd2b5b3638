# ruff: noqa: N802 - LibCST names a visitor's methods by its nodes
"""Top-level statements (parts) of a contestant's app/, and references between them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.helpers import (
    ModuleNameAndPackage,
    calculate_module_and_package,
    get_absolute_module_from_package_for_import,
)
from libcst.metadata import (
    BuiltinAssignment,
    FullyQualifiedNameProvider,
    MetadataWrapper,
    PositionProvider,
    QualifiedNameSource,
    ScopeProvider,
)

from levelbench.contestants.code.size import decisions_by_line, lines_of

APP = "app"
"""Folder of the application."""
GENERATED = "migrations"
"""Folder of generated files: inside app/ in Django, next to it in the others."""


@dataclass(frozen=True)
class Part:
    """A top-level statement of a module: a function, a class, an assignment, an import."""

    path: str
    """Path of the file in the contestant's folder."""
    module: str
    names: tuple[str, ...]
    """Names that it defines; empty for imports and statements that define nothing."""
    is_callable: bool
    """Whether it is a function or a class."""
    line: int
    """First line, including decorators."""
    text: str
    """Source text."""
    lines: int
    decisions: int

    @property
    def label(self) -> str:
        """`app.orders.list_orders`."""
        return f"{self.module}.{', '.join(self.names)}"


class App:
    """A contestant's application: the parts of its modules in order, and their references."""

    def __init__(self, folder: Path) -> None:
        """Parse app/ in `folder`, without generated files.

        Raises libcst.ParserSyntaxError for a file that is not valid Python.
        """
        modules = [_Module(folder, path) for path in _files(folder)]
        self._modules = {module.name: module for module in modules}
        self.parts = tuple(part for module in modules for part in module.parts)
        self._named = {
            part: frozenset(self._definitions(names))
            for module in modules
            for part, names in module.named.items()
        }

    def callables(self, name: str) -> list[Part]:
        """Functions with that name, and classes with that name in capitals: `ListOrders`."""
        either = {name, name.title().replace("_", "")}
        return [
            part for part in self.parts if part.is_callable and not either.isdisjoint(part.names)
        ]

    def reached(self, start: Part) -> set[Part]:
        """`start` and all parts of app/ that it references, directly or indirectly."""
        found: set[Part] = set()
        waiting = [start]
        while waiting:
            part = waiting.pop()
            if part not in found:
                found.add(part)
                waiting += self._named[part]
        return found

    def _definitions(self, names: Iterable[str]) -> Iterator[Part]:
        """The parts that define these full names, also through re-exports."""
        seen: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            module, first = self._within(name)
            if module is not None:
                yield from module.defined[first]
                waiting += module.imported[first]

    def _within(self, name: str) -> "tuple[_Module | None, str]":
        """Split a full name into its module and the first name inside it."""
        words = name.split(".")
        for end in range(len(words) - 1, 0, -1):
            if (module := self._modules.get(".".join(words[:end]))) is not None:
                return module, words[end]
        return None, ""


class _Module:
    """A parsed file."""

    def __init__(self, folder: Path, path: Path) -> None:
        source = path.read_bytes()
        where = calculate_module_and_package(str(folder), str(path))
        wrapper = MetadataWrapper(
            cst.parse_module(source), True, {FullyQualifiedNameProvider: where}
        )
        self.name = where.name
        self.defined: Mapping[str, list[Part]] = defaultdict(list)
        self.imported: Mapping[str, list[str]] = defaultdict(list)
        """Name -> full names of its imports."""
        self.named: dict[Part, frozenset[str]] = {}
        """Part -> full names that it references."""
        text = source.decode(wrapper.module.encoding)
        lines = text.split("\n")
        path_text = path.relative_to(folder).as_posix()
        decisions = decisions_by_line(path_text, text)
        spans = _spans(wrapper)
        bound = _bound(wrapper, spans)
        for statement, span in zip(wrapper.module.body, spans, strict=True):
            part = Part(
                path=path_text,
                module=self.name,
                names=tuple(bound[span]),
                is_callable=isinstance(statement, cst.FunctionDef | cst.ClassDef),
                line=span.start,
                text="\n".join(lines[span.start - 1 : span.stop - 1]) + "\n",
                lines=lines_of(statement),
                decisions=sum(decisions.get(line, 0) for line in span),
            )
            for name in part.names:
                self.defined[name].append(part)
            for name, origin in _imports(statement, where):
                self.imported[name].append(origin)
            names = _Names(self.name)
            with names.resolve(wrapper):
                statement.visit(names)
            self.named[part] = frozenset(names.found)

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(self.named)


def _files(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted((folder / APP).rglob("*.py"))
        if GENERATED not in path.relative_to(folder).parts
    ]


def _spans(wrapper: MetadataWrapper) -> list[range]:
    """Lines of each top-level statement, including decorators."""
    positions = wrapper.resolve(PositionProvider)
    found = []
    for statement in wrapper.module.body:
        first: cst.CSTNode = statement
        if isinstance(statement, cst.FunctionDef | cst.ClassDef) and statement.decorators:
            first = statement.decorators[0]
        found.append(range(positions[first].start.line, positions[statement].end.line + 1))
    return found


def _bound(wrapper: MetadataWrapper, spans: list[range]) -> Mapping[range, list[str]]:
    """Names that the statement at each span defines, without imports."""
    positions = wrapper.resolve(PositionProvider)
    scope = wrapper.resolve(ScopeProvider)[wrapper.module]
    found: Mapping[range, list[str]] = defaultdict(list)
    assert scope is not None  # a module is one
    for assignment in scope.assignments:
        node = getattr(assignment, "node", None)
        if isinstance(assignment, BuiltinAssignment) or isinstance(
            node, cst.Import | cst.ImportFrom | None
        ):
            continue
        line = positions[node].start.line
        for span in spans:
            if line in span and assignment.name not in found[span]:
                found[span].append(assignment.name)
    return found


def _imports(statement: cst.CSTNode, where: ModuleNameAndPackage) -> Iterator[tuple[str, str]]:
    """(name, full name) of each `from ... import ...` at the top level."""
    if not isinstance(statement, cst.SimpleStatementLine):
        return
    for node in statement.body:
        if isinstance(node, cst.ImportFrom) and not isinstance(node.names, cst.ImportStar):
            module = get_absolute_module_from_package_for_import(where.package, node)
            for alias in node.names:
                name = alias.evaluated_alias or alias.evaluated_name
                yield name, f"{module}.{alias.evaluated_name}"


class _Names(cst.CSTVisitor):
    """Collect the full names that a statement references.

    Names of attributes and keyword arguments are skipped: LibCST gives them no scope.
    """

    METADATA_DEPENDENCIES = (FullyQualifiedNameProvider,)

    def __init__(self, module: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._module = module
        self._annotations = 0

    def visit_Name(self, node: cst.Name) -> None:
        self._add(node)

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self._add(node)

    def visit_Annotation(self, node: cst.Annotation) -> None:
        self._annotations += 1

    def leave_Annotation(self, original_node: cst.Annotation) -> None:
        self._annotations -= 1

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        """A forward reference in an annotation, such as `list["OrderItem"]`."""
        if self._annotations:
            names = re.findall(r"[^\W\d]\w*", str(node.evaluated_value))
            self.found.update(f"{self._module}.{name}" for name in names)

    def _add(self, node: cst.CSTNode) -> None:
        for name in self.get_metadata(FullyQualifiedNameProvider, node, ()):
            if name.source is not QualifiedNameSource.BUILTIN:
                self.found.add(name.name)
