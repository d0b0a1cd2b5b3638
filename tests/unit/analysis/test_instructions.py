import pytest

from levelbench.analysis import instructions
from levelbench.model.count import CountRecord, Dump
from levelbench.model.folder import Run
from tests.unit.factories import make_run

PYTHON = "/usr/local/bin/python3.13"
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


def of(*counts: CountRecord) -> instructions.Instructions:
    run = make_run()
    found = instructions.of_run(Run(record=run.record, trials=run.trials, counts=counts))
    return found["fastapi"]["list"]


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


@pytest.mark.parametrize(
    ("path", "layer"),
    [
        (PYTHON, "interpreter"),
        ("/usr/lib/x86_64-linux-gnu/libpython3.13.so.1.0", "interpreter"),
        ("/usr/lib/python3.13/lib-dynload/_asyncio.cpython-313-x86_64-linux-gnu.so", "interpreter"),
        ("/usr/lib/python3.13/lib-dynload/_json.cpython-313-x86_64-linux-gnu.so", "JSON"),
        ("/usr/lib/python3.13/lib-dynload/_hashlib.cpython-313-x86_64-linux-gnu.so", "crypto"),
        (PROTOCOL, "driver"),
        ("/opt/venv/lib/python3.13/site-packages/pydantic_core/_pydantic_core.so", "validation"),
        ("/opt/venv/lib/python3.13/site-packages/sqlalchemy/cyextension/util.so", "data layer"),
        ("/opt/venv/lib/python3.13/site-packages/_argon2_cffi_bindings/_ffi.abi3.so", "crypto"),
        ("/usr/lib/x86_64-linux-gnu/libc.so.6", "libc"),
        ("/usr/lib/x86_64-linux-gnu/libcrypto.so.3", "crypto"),
        ("???", "other"),
    ],
)
def test_a_shared_object_has_a_layer(path: str, layer: str) -> None:
    assert instructions.layer(path) == layer
