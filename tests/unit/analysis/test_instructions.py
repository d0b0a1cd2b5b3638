import pytest

from levelbench.analysis import instructions
from levelbench.model.count import CountRecord, Dump, PackageRecord
from levelbench.model.folder import Run
from tests.unit.factories import make_run

PYTHON = "/usr/local/bin/python3.13"
SITE = "/opt/venv/lib/python3.13/site-packages"
PROTOCOL = "/opt/venv/lib/python3.13/site-packages/asyncpg/protocol/protocol.cpython-313.so"


def dump(total: int, requests: int = 10, seconds: float = 2.0) -> Dump:
    return Dump(
        requests=requests,
        seconds=seconds,
        objects={PYTHON: total - total // 4, PROTOCOL: total // 4},
    )


def count(seed: int, *totals: int, idle: int = 0) -> CountRecord:
    return CountRecord(
        service="fastapi",
        seed=seed,
        image="sha256:1",
        valgrind="3.24.0",
        idle=Dump(requests=0, seconds=1.0, objects={PYTHON: idle}),
        endpoints={"list": tuple(dump(total) for total in totals)},
    )


def of(*counts: CountRecord, packages: tuple[PackageRecord, ...] = ()) -> instructions.Instructions:
    run = make_run()
    whole = Run(record=run.record, trials=run.trials, counts=counts, packages=packages)
    return instructions.of_run(whole)["fastapi"]["list"]


def by_package(**parts: int) -> PackageRecord:
    return PackageRecord(
        service="fastapi",
        seed=0,
        image="sha256:1",
        valgrind="3.24.0",
        endpoints={"list": {name.replace("__", "/"): number for name, number in parts.items()}},
    )


def test_the_value_is_the_mean_over_seeds_of_the_lower_dump() -> None:
    found = of(count(0, 1000, 1010), count(1, 1020, 1000), count(2, 1000, 1000))
    assert found.value == 100
    assert found.seeds == 3
    assert found.dumps_differ_max == pytest.approx(0.02)
    assert found.confidence_interval is not None
    assert found.confidence_interval.low == found.confidence_interval.high == 100


def test_fewer_than_three_seeds_have_no_interval() -> None:
    assert of(count(0, 1000, 1000), count(1, 1200, 1200)).confidence_interval is None


def test_instructions_without_requests_are_subtracted() -> None:
    found = of(*(count(seed, 1000, 1000, idle=50) for seed in range(3)))
    assert found.value == pytest.approx(90)
    assert found.idle_share_max == pytest.approx(0.1)


TIMERS = {"timer": 40, "dispatch": 60}


def with_timers(seconds: float) -> CountRecord:
    """The timer runs 40 times in 10 s without requests, and 20 times in a count."""
    busy = Dump(
        requests=2, seconds=seconds, objects={PYTHON: 200},
        functions={PYTHON: {"timer": 20, "dispatch": 180}},
    )  # fmt: skip
    idle = Dump(requests=0, seconds=10.0, objects={PYTHON: 100}, functions={PYTHON: TIMERS})
    return CountRecord(
        **{**dict(count(0, 1000)), "idle": idle, "endpoints": {"list": (busy, busy)}}
    )


@pytest.mark.parametrize(("starved", "value"), [(False, 60), (True, 75)])
def test_late_timers_count_as_often_as_they_ran(starved: bool, value: float) -> None:
    """In 8 of 10 s they would have run 32 times: they ran 20 times."""
    found = instructions.per_request(with_timers(8.0), "list", starved=starved)
    assert found is not None
    assert found.value == pytest.approx(value)


@pytest.mark.parametrize(("seconds", "value"), [(8.0, 75), (5.0, 75), (2.0, 90)])
def test_no_more_is_subtracted_than_time_and_functions_allow(seconds: float, value: float) -> None:
    assert of(with_timers(seconds)).value == pytest.approx(value)


def test_dumps_that_differ_have_no_value() -> None:
    found = of(count(0, 1000, 1031), count(1, 1000, 1200))
    assert found.value is None
    assert found.seeds == 0
    assert found.dumps_differ_max == pytest.approx(0.2)


def test_layers_and_objects_add_up_to_the_value() -> None:
    found = of(*(count(seed, 1000 + seed, 1000 + seed) for seed in range(3)))
    for parts in (found.layers, found.objects):
        assert sum(part.value or 0 for part in parts.values()) == pytest.approx(found.value)
    assert list(found.layers) == ["interpreter", "driver"]
    assert list(found.objects) == ["python3.13", "asyncpg/protocol/protocol.so"]


def test_packages_share_the_value_out_and_layers_with_them() -> None:
    found = of(
        *(count(seed, 1000, 1000) for seed in range(3)),
        packages=(
            by_package(
                sqlalchemy__orm=500, sqlalchemy__sql=100, fastapi__routing=200, uvloop__loop=400
            ),
        ),
    )
    assert {name: part.value for name, part in found.layers.items()} == {
        "data layer": pytest.approx(50),
        "server": pytest.approx(100 / 3),
        "framework": pytest.approx(100 / 6),
    }
    assert list(found.packages) == ["sqlalchemy", "uvloop", "fastapi"]
    assert sum(part.value or 0 for part in found.layers.values()) == pytest.approx(found.value)


def test_a_garbage_collection_in_less_than_half_of_the_dumps_does_not_count() -> None:
    found = of(*(count(seed, 1000, 1020, 1001, 1002, 1300, 1003, 1100) for seed in range(3)))
    assert found.value == pytest.approx(100.3)
    assert found.dumps_differ_max == pytest.approx(0.003)


@pytest.mark.parametrize(
    ("path", "layer"),
    [
        (PYTHON, "interpreter"),
        ("/usr/lib/x86_64-linux-gnu/libpython3.13.so.1.0", "interpreter"),
        (
            "/usr/lib/python3.13/lib-dynload/_asyncio.cpython-313-x86_64-linux-gnu.so",
            "standard library",
        ),
        ("/usr/lib/python3.13/lib-dynload/_json.cpython-313-x86_64-linux-gnu.so", "JSON"),
        ("/usr/lib/python3.13/lib-dynload/_hashlib.cpython-313-x86_64-linux-gnu.so", "crypto"),
        (PROTOCOL, "driver"),
        ("/opt/venv/lib/python3.13/site-packages/pydantic_core/_pydantic_core.so", "validation"),
        ("/opt/venv/lib/python3.13/site-packages/sqlalchemy/cyextension/util.so", "data layer"),
        ("/opt/venv/lib/python3.13/site-packages/_argon2_cffi_bindings/_ffi.abi3.so", "crypto"),
        ("/usr/lib/x86_64-linux-gnu/libc.so.6", "libc"),
        ("libc.so.6", "libc"),
        ("python3.13", "interpreter"),
        ("python/json", "JSON"),
        ("python/_hashlib", "crypto"),
        ("python/contextlib", "standard library"),
        ("sqlalchemy/orm", "data layer"),
        ("django/db", "data layer"),
        ("django/core", "framework"),
        ("flask_sqlalchemy/session", "data layer"),
        ("flask/app", "framework"),
        ("pydantic_core/_pydantic_core", "validation"),
        ("uvicorn/protocols", "server"),
        ("kombu/transport", "task queue"),
        ("application/queries", "application"),
        ("/usr/lib/x86_64-linux-gnu/libcrypto.so.3", "crypto"),
        ("???", "other"),
    ],
)
def test_a_shared_object_has_a_layer(path: str, layer: str) -> None:
    assert instructions.layer(path) == layer


@pytest.mark.parametrize(
    ("path", "part"),
    [
        (f"{SITE}/sqlalchemy/orm/loading.py", "sqlalchemy/orm"),
        (f"{SITE}/django/db/models/query.py", "django/db"),
        (f"{SITE}/typing_extensions.py", "typing_extensions.py"),
        (f"{SITE}/asyncpg/pgproto/pgproto.cpython-313-x86_64-linux-gnu.so", "asyncpg/pgproto"),
        ("/usr/lib/python3.13/json/encoder.py", "python/json"),
        ("/usr/lib/python3.13/contextlib.py", "python/contextlib"),
        ("/usr/lib/python3.13/lib-dynload/_json.cpython-313-x86_64-linux-gnu.so", "python/_json"),
        ("<frozen abc>", "python/abc"),
        ("<string>", "python/string"),
        ("<sqlalchemy generated _go() wrapper for sqlalchemy.orm.session>", "sqlalchemy/generated"),
        ("/srv/app/queries.py", "application/queries"),
        ("/srv/manage.py", "application/manage"),
        ("/usr/lib/x86_64-linux-gnu/libc.so.6", "libc.so.6"),
        ("/usr/bin/python3.13", "python3.13"),
    ],
)
def test_a_file_is_of_a_part_of_a_package(path: str, part: str) -> None:
    assert instructions.part(path) == part
