"""Find configured options in a contestant's source: settings, arguments, command-line options.

A program cannot know each library's default, so every option that is set counts, including one that
repeats the default.
"""

import ast
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

CONFIGURED = {
    "App", "Application", "AsyncConnectionPool", "CapacityLimiter", "Celery", "Config",
    "ConfigDict", "ConnectionPool", "Depends", "FastAPI", "Flask", "JSONHandler", "JWTManager",
    "LimitedApp", "Litestar", "NinjaAPI", "PasswordHasher", "Quart", "QuartSchema", "Redis",
    "Router", "SQLAlchemy", "SQLAlchemyAsyncConfig", "SQLAlchemyDTOConfig", "SQLAlchemyInitPlugin",
    "Sanic", "Server", "Starlette", "add_middleware", "async_sessionmaker", "connect",
    "create_async_engine", "create_engine", "create_pool", "from_url", "init_app", "relationship",
    "run_app", "sessionmaker", "shared_task", "task",
}  # fmt: skip
"""Classes and functions whose keyword arguments count in every call."""
BASES = {"Argon2PasswordHasher"}
"""Classes whose attributes count in a subclass of the contestant."""
ANYWHERE = {"default_response_class", "response_class", "route_class"}
"""Keyword arguments that count in every call, whatever is called."""
HOOKS = {
    "on_starting", "on_reload", "when_ready", "pre_fork", "post_fork", "post_worker_init",
    "worker_int", "worker_abort", "pre_exec", "pre_request", "post_request", "child_exit",
    "worker_exit", "nworkers_changed", "on_exit", "ssl_context",
}  # fmt: skip
"""Hooks of gunicorn: https://gunicorn.org/reference/settings/#server-hooks"""
WHOLE = {"LOGGING"}
"""Settings that count once, not per key: logging.config has a format of its own."""
NOT_MEASURED = {"bin/migrate", "manage.py"}
"""They run before the measurement starts, as migrations do."""

Constants = Mapping[str, ast.expr]


@dataclass(frozen=True, order=True)
class Found:
    """A configured option in the source."""

    place: str
    """Path of the file in the contestant's folder."""
    name: str
    """The option, setting or argument, spelled as in its library's documentation."""
    value: str | None = None
    """As in the source; None unless it is a single number, word, boolean or None."""

    def __str__(self) -> str:
        value = "" if self.value is None else f"{' ' if self.name[0] == '-' else ' = '}{self.value}"
        return f"{self.place}: {self.name}{value}"

    def named_in(self, what: str) -> bool:
        """Whether a text names the option and, if there is one, its value.

        A name that could be an ordinary word counts only as `name =`.
        """
        text = re.sub(r"(?<=\d)[_,](?=\d{3})", "", what)
        pattern = rf"(?<![\w-]){re.escape(self.name)}(?![\w-])"
        if self.name.isalpha() and self.name.islower():
            pattern += r"\s*[=:]"
        if self.value is not None:
            pattern += rf"""["'\s]*[=:]?["'\s]*{re.escape(self.value)}(?![\w-]|\.\d)"""
        return re.search(pattern, text) is not None


def find(sources: Mapping[str, Path]) -> list[Found]:
    """Every configured option in a contestant's files, by path. Raises SyntaxError, ValueError.

    A constant in a settings module is skipped if it is the value of another option, because that
    option has the name from the library's documentation.
    """
    files = {path: file for path, file in sources.items() if path not in NOT_MEASURED}
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
    """Parse source that may need a later Python than the harness runs on: PEP 695 is removed."""
    source = re.sub(r"(?m)^(\s*)type (\w+)(\[[^\]]*\])? =", r"\1\2 =", source)
    source = re.sub(r"(?m)^(\s*(?:async def|def|class) \w+)\[[^\]]*\]", r"\1", source)
    return ast.parse(source, path)


def _in_command(path: str, script: str) -> Iterator[Found]:
    """Options and variables of a script in bin/, which is in shell or in Python."""
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
    """Environment variables and command options in a Dockerfile."""
    for line in text.replace("\\\n", " ").splitlines():
        instruction, _, rest = line.partition(" ")
        if instruction == "ENV":
            for word in shlex.split(rest):
                name, _, value = word.partition("=")
                yield Found(path, name, value if re.fullmatch(r"[\w.]+", value) else None)
        elif instruction in ("CMD", "ENTRYPOINT"):
            yield from _in_command(path, re.sub(r"[\[\],]", " ", rest))


class _Search:
    """Search one module for configured options."""

    def __init__(self, path: str, module: ast.Module, constants: Constants) -> None:
        self.path = path
        self.module = module
        self.constants = constants
        self.used: set[str] = set()
        """Constants in a settings module that are the value of an option."""

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
        """Assignments in a settings module or class, and the hooks defined there."""
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
        """An option and its value; a dictionary of options gives one per key."""
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
    """A number, word, boolean or None as the source has it; None for anything else. Of a number
    that the environment may set, its default."""
    match value:
        case ast.Call(func=ast.Name(id="int"), args=[ast.Call(func=get, args=[_, default])]):
            value = default if ast.unparse(get) == "os.environ.get" else value
    try:
        literal = ast.literal_eval(value)
    except ValueError:
        return None
    if isinstance(literal, str):
        return literal if re.fullmatch(r"[\w.:-]+", literal) else None
    return str(literal) if isinstance(literal, bool | int | float | None) else None


def _constant(node: ast.expr) -> str:
    """Name of a constant, with or without `settings.` before it."""
    match node:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="settings"), attr=name):
            return name
    return ""


def _callee(node: ast.expr) -> str:
    return _last(node.func) if isinstance(node, ast.Call) else ""


def _last(node: ast.expr) -> str:
    """The last part of a dotted name, or the key of a subscript."""
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
