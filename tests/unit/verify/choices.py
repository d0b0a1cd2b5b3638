"""Finds the choices in a contestant's source: options, settings and arguments that someone set.

A program cannot know each library's default, so whatever is set counts as a choice; one that states
a default is declared like any other.
"""

import ast
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from levelbench.contestants.diff import source_files
from levelbench.contestants.discovery import Service

CONFIGURED = {
    "AsyncConnectionPool", "CapacityLimiter", "Celery", "Config", "ConfigDict", "ConnectionPool",
    "Depends", "FastAPI", "Flask", "JWTManager", "PasswordHasher", "Redis", "SQLAlchemy",
    "Server", "Starlette", "add_middleware", "async_sessionmaker", "connect", "create_async_engine",
    "create_engine", "create_pool", "from_url", "init_app", "relationship", "sessionmaker",
    "shared_task", "task",
}  # fmt: skip
"""Classes and functions whose keyword arguments are choices, wherever they are called."""
BASES = {"Argon2PasswordHasher"}
"""Classes whose attributes are choices where a contestant derives from them."""
ANYWHERE = {"default_response_class", "response_class", "route_class"}
"""Keyword arguments that are a choice in any call."""
HOOKS = {
    "on_starting", "on_reload", "when_ready", "pre_fork", "post_fork", "post_worker_init",
    "worker_int", "worker_abort", "pre_exec", "pre_request", "post_request", "child_exit",
    "worker_exit", "nworkers_changed", "on_exit", "ssl_context",
}  # fmt: skip
"""gunicorn's: https://gunicorn.org/reference/settings/#server-hooks"""
WHOLE = {"LOGGING"}
"""Settings that are one choice, not one for each key: logging.config has a format of its own."""
NOT_MEASURED = {"bin/migrate", "manage.py"}
"""They have run before anything is measured, as have the migrations."""

Constants = Mapping[str, ast.expr]


@dataclass(frozen=True, order=True)
class Found:
    """A choice in the source."""

    place: str
    """The file, by its path in the contestant's folder."""
    name: str
    """The option, setting or argument as its server, framework or library spells it."""
    value: str | None = None
    """As the source writes it; None where that is no single number, word, boolean or None."""

    def __str__(self) -> str:
        value = "" if self.value is None else f"{' ' if self.name[0] == '-' else ' = '}{self.value}"
        return f"{self.place}: {self.name}{value}"

    def named_in(self, what: str) -> bool:
        """Whether a text names the choice, and its value if it has one.

        A name that might be a word of the sentence counts only as `name =`.
        """
        text = re.sub(r"(?<=\d)[_,](?=\d{3})", "", what)
        pattern = rf"(?<![\w-]){re.escape(self.name)}(?![\w-])"
        if self.name.isalpha() and self.name.islower():
            pattern += r"\s*[=:]"
        if self.value is not None:
            pattern += rf"""["'\s]*[=:]?["'\s]*{re.escape(self.value)}(?![\w-]|\.\d)"""
        return re.search(pattern, text) is not None


def undeclared(service: Service, fixed: Mapping[str, str]) -> list[Found]:
    """The choices that no `what` of service.toml names, and that are not among the `fixed`."""
    return [
        found
        for found in find(service.folder)
        if found.name not in fixed
        and not any(found.named_in(choice.what) for choice in service.spec.choices)
    ]


def find(folder: Path) -> list[Found]:
    """Every choice in a contestant's folder.

    A constant of the settings is left out where it is the value of another choice: that one has
    the name that its library gives it.
    """
    files = {path: file for path, file in source_files(folder).items() if path not in NOT_MEASURED}
    modules = {
        path: _parse(path, file.read_text(encoding="utf-8"))
        for path, file in files.items()
        if path.endswith(".py") and "migrations/" not in path
    }
    constants = {
        target.id: node.value
        for path, module in modules.items()
        if _holds_settings(path)
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    searches = [_Search(path, module, constants) for path, module in modules.items()]
    found = {one for search in searches for one in search.run()}
    used = {name for search in searches for name in search.used}
    for path, file in files.items():
        if path == "Dockerfile":
            found.update(_in_dockerfile(path, file.read_text(encoding="utf-8")))
        elif path.startswith("bin/"):
            found.update(_in_command(path, file.read_text(encoding="utf-8")))
    return sorted(
        (f for f in found if not (_holds_settings(f.place) and f.name in used)),
        key=lambda f: (f.place, f.name, f.value or ""),
    )


def _holds_settings(path: str) -> bool:
    return re.search(r"settings|conf", path.rsplit("/", maxsplit=1)[-1]) is not None


def _parse(path: str, source: str) -> ast.Module:
    """The contestants are written for a later Python than the harness: PEP 695 is taken out."""
    source = re.sub(r"(?m)^(\s*)type (\w+)(\[[^\]]*\])? =", r"\1\2 =", source)
    source = re.sub(r"(?m)^(\s*(?:async def|def|class) \w+)\[[^\]]*\]", r"\1", source)
    return ast.parse(source, path)


def _in_command(path: str, script: str) -> Iterator[Found]:
    """Options and variables of a shell script; Python in bin/ is a script of its own kind."""
    if script.startswith("#!") and "python" in script.split("\n", maxsplit=1)[0]:
        yield from _Search(path, _parse(path, script), {}).run()
        return
    words = shlex.split(script, comments=True)
    for word, following in pairwise([*words, "-"]):
        option, assigned, value = word.partition("=")
        if re.fullmatch(r"[A-Z][A-Z0-9_]*", option) and assigned:
            yield Found(path, option, value)
        elif re.match(r"--?[A-Za-z]", word):
            given = value if assigned else None if following.startswith("-") else following
            yield Found(path, option, given)


def _in_dockerfile(path: str, text: str) -> Iterator[Found]:
    """The variables of the container's environment, and the options of its command."""
    for line in text.replace("\\\n", " ").splitlines():
        instruction, _, rest = line.partition(" ")
        if instruction == "ENV":
            for word in shlex.split(rest):
                name, _, value = word.partition("=")
                yield Found(path, name, value if re.fullmatch(r"[\w.]+", value) else None)
        elif instruction in ("CMD", "ENTRYPOINT"):
            yield from _in_command(path, re.sub(r"[\[\],]", " ", rest))


class _Search:
    """The search of one module."""

    def __init__(self, path: str, module: ast.Module, constants: Constants) -> None:
        self.path = path
        self.module = module
        self.constants = constants
        self.used: set[str] = set()
        """Constants of the settings that are the value of a choice."""

    def run(self) -> Iterator[Found]:
        configured = {
            target.id
            for node in ast.walk(self.module)
            if isinstance(node, ast.Assign) and _callee(node.value) in CONFIGURED
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        if _holds_settings(self.path):
            yield from self._settings(self.module.body)
        for node in ast.walk(self.module):
            match node:
                case ast.Call():
                    yield from self._call(node)
                case ast.ClassDef(bases=bases) if {_last(base) for base in bases} & BASES:
                    yield from self._settings(node.body)
                case ast.Assign(targets=[ast.Attribute() | ast.Subscript() as target]):
                    if _root(target) in configured:
                        yield from self._pair(_last(target), node.value)

    def _settings(self, body: Iterable[ast.stmt]) -> Iterator[Found]:
        """What a module or a class of settings assigns, and the hooks that it defines."""
        for node in body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)]) if not name.startswith("_"):
                    yield from self._pair(name, node.value)
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    yield from self._pair(name, value)
                case ast.Assign(targets=[ast.Subscript() as target]):
                    yield from self._pair(_last(target), node.value)
                case ast.AugAssign():
                    yield from self._pair(_last(node.target), node.value)
                case ast.ClassDef():
                    yield from self._settings(node.body)
                case ast.FunctionDef(name=name) if name in HOOKS:
                    yield Found(self.path, name)

    def _call(self, call: ast.Call) -> Iterator[Found]:
        name = _callee(call)
        updates = isinstance(call.func, ast.Attribute) and _last(call.func.value) in (
            "conf",
            "config",
        )
        for keyword in call.keywords:
            if name in CONFIGURED or updates or keyword.arg in ANYWHERE:
                yield from self._pair(keyword.arg or f"**{_last(keyword.value)}", keyword.value)
        for argument in call.args:
            if updates and isinstance(argument, ast.Dict):
                yield from self._pair("", argument)
            elif name == "add_middleware":
                yield Found(self.path, _last(argument))

    def _pair(self, name: str, value: ast.expr) -> Iterator[Found]:
        """A name and its value; for a dictionary of options, its keys and theirs."""
        options = [
            (key.value, inner)
            for key, inner in (
                zip(value.keys, value.values, strict=True) if isinstance(value, ast.Dict) else ()
            )
            if isinstance(key, ast.Constant) and isinstance(key.value, str)
        ]
        if options and name not in WHOLE:
            for key, inner in options:
                yield from self._pair(key, inner)
        else:
            yield Found(self.path, name, self._literal(value))

    def _literal(self, value: ast.expr) -> str | None:
        seen: set[str] = set()
        while (constant := _constant(value)) in self.constants.keys() - seen:
            seen.add(constant)
            value = self.constants[constant]
        text = _text(value)
        if text is not None:
            self.used |= seen
        return text


def _text(value: ast.expr) -> str | None:
    """A number, a word, a boolean or None as its source has it; None for anything else."""
    try:
        literal = ast.literal_eval(value)
    except ValueError:
        return None
    if isinstance(literal, str):
        return literal if re.fullmatch(r"[\w.:-]+", literal) else None
    return str(literal) if isinstance(literal, bool | int | float | None) else None


def _constant(node: ast.expr) -> str:
    """The name of a constant, as it stands or as an attribute of `settings`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="settings"), attr=name):
            return name
    return ""


def _callee(node: ast.expr) -> str:
    return _last(node.func) if isinstance(node, ast.Call) else ""


def _last(node: ast.expr) -> str:
    """The last name of a dotted one, or the key of a subscript."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key
        case ast.Call():
            return _last(node.func)
    return ast.unparse(node)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
