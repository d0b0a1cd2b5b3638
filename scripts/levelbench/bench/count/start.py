"""One start of a contestant under callgrind: warm-up, then the dumps of each endpoint."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from typing import Literal

from levelbench.bench.count import callgrind, packages, sequence
from levelbench.bench.count.sequence import Client, Request
from levelbench.lab.lab import Contestant, Lab
from levelbench.model.count import HASHING, OTHER, Counting, CountRecord, Dump, PackageRecord
from levelbench.model.vocabulary import Endpoint

INSTRUMENTED_WARMUP = 8
"""Requests of the warm-up that run instrumented: callgrind then knows the code."""
IDLE_S = 5.0
READY_TIMEOUT_S = 600.0
READY_POLL_S = 0.5
"""Each look starts a process in the container, and a start takes 15 s of CPU time."""
PACKAGE_ROUNDS = 2
"""Of an endpoint's requests, which are counted by package: only shares are taken from them."""
PACKAGE_WARMUP = 1 / 3
"""Of the warm-up, for the same reason."""
FUNCTION_SHARE_MIN = 0.00005
"""Functions with a smaller share of a dump are kept as one for each object."""
CONTROL_SCRIPT = """
for pid in $(vgdb -l 2>/dev/null | sed -n 's/^use --pid=\\([0-9]*\\) .*/\\1/p'); do
    vgdb --pid="$pid" --max-invoke-ms=10 {command} >/dev/null 2>&1 &
done
wait
"""
"""What callgrind_control does, but all processes at once, and each is woken after 10 ms. Measured
with gunicorn's four processes: 0.1 s instead of 3 s."""
DUMP_SCRIPT = (
    CONTROL_SCRIPT.format(command="dump")
    + "cat /tmp/callgrind.*.* 2>/dev/null; rm -f /tmp/callgrind.*.*"
)

Say = Callable[[str], None]


def count(
    lab: Lab,
    contestant: Contestant,
    template: str,
    image: str,
    plan: Counting,
    seed: int,
    say: Say,
) -> CountRecord:
    """Count with one hash seed, in fresh containers on a restored database.

    `image` is the id of the contestant's image. Raises LabError.
    """
    with _up(lab, contestant, template, seed) as (client, counter):
        found = {
            endpoint: _endpoint(lab, client, counter, plan, endpoint, say)
            for endpoint in _warm(lab, client, plan, counter)
        }
        idle = _idle(counter)
    return CountRecord(
        service=contestant.name,
        seed=seed,
        image=image,
        valgrind=counter.version,
        idle=idle,
        endpoints={endpoint: found[endpoint] for endpoint in plan.requests},
    )


def count_packages(
    lab: Lab,
    contestant: Contestant,
    template: str,
    image: str,
    plan: Counting,
    seed: int,
    say: Say,
) -> PackageRecord:
    """Count by package with one hash seed, in fresh containers. Raises LabError."""
    # The worker has the same interpreter, and no callgrind.
    lab.site.up("worker", **lab.variables(contestant, template))
    text = lab.site.exec("worker", ["python3", "-c", packages.TEXT_SCRIPT])
    variables = {**packages.VARIABLES, "VALGRIND_OPTS": packages.valgrind_options(text)}
    endpoints: dict[Endpoint, dict[str, int]] = {}
    with _up(lab, contestant, template, seed, **variables) as (client, counter):
        shorter = {name: ceil(PACKAGE_WARMUP * number) for name, number in plan.warmup.items()}
        brief = Counting(**{**dict(plan), "warmup": shorter})
        for endpoint in _warm(lab, client, brief, counter):
            say(f"counting {endpoint} by package")
            counter.dump()
            for part in range(PACKAGE_ROUNDS):
                _send(lab, client, plan.requests[endpoint], endpoint, f"dump{part}")
            dumped = counter.text()
            maps = lab.site.exec("service", ["sh", "-c", packages.MAPS_SCRIPT])
            endpoints[endpoint] = dict(packages.count(dumped, maps).most_common())
    return PackageRecord(
        service=contestant.name,
        seed=seed,
        image=image,
        valgrind=counter.version,
        endpoints={endpoint: endpoints[endpoint] for endpoint in plan.requests},
    )


@contextmanager
def _up(
    lab: Lab, contestant: Contestant, template: str, seed: int, **variables: str
) -> Iterator[tuple[Client, "_Counter"]]:
    """A contestant that is up; it is removed at the end."""
    seat = lab.seats[0]
    lab.clear()
    lab.database.restore({seat.database: template})
    lab.start_contestant(
        contestant, seat.database, seat, all_cores=True, PYTHONHASHSEED=str(seed), **variables
    )
    lab.wait_contestant(timeout_s=READY_TIMEOUT_S, poll_s=READY_POLL_S)
    client = Client(f"http://127.0.0.1:{lab.published_port}", lab.secrets.jwt_secret)
    counter = _Counter(lab)
    try:
        client.warm(Request("GET", "/readyz", 200))
        yield client, counter
    finally:
        client.close()
        lab.clear()


class _Counter:
    """callgrind's commands, in the contestant's container."""

    def __init__(self, lab: Lab) -> None:
        self._site = lab.site
        found = re.search(r"[\d.]+", self._site.exec("service", ["valgrind", "--version"]))
        self.version = found[0] if found else "unknown"

    def switch(self, state: Literal["on", "off"]) -> None:
        command = CONTROL_SCRIPT.format(command=f"instrumentation {state}")
        self._site.exec("service", ["sh", "-c", command])

    def dump(self) -> Counter[tuple[str, str]]:
        """Instructions since the last dump by shared object and function, of all processes."""
        return callgrind.functions(self.text().splitlines())

    def text(self) -> str:
        """Dumps of all processes, of what they executed since the last one."""
        return self._site.exec("service", ["sh", "-c", DUMP_SCRIPT])


def _warm(lab: Lab, client: Client, plan: Counting, counter: _Counter) -> Iterator[Endpoint]:
    """Each endpoint, when its warm-up has ended.

    Those that hash a password follow the others: applications do that in threads, and which of
    them allocates memory first differs from start to start. Measured with FastAPI: the list
    deviates by 0.26% after them and by 0.06% before.
    """
    for hashing in (False, True):
        if part := [name for name in plan.requests if (name in HASHING) is hashing]:
            _warm_up(lab, client, plan, part, counter)
            yield from part


def _warm_up(
    lab: Lab, client: Client, plan: Counting, endpoints: Sequence[Endpoint], counter: _Counter
) -> None:
    """All of these, first without counting, which is twenty times faster."""
    dataset = lab.config.dataset
    counter.switch("off")
    if "login" in endpoints:
        (user,) = sequence.requests("login", 1, dataset, "")
        client.warm(Request("POST", "/api/v1/auth/register", 201, user.body))
    for endpoint in endpoints:
        for request in sequence.requests(endpoint, plan.warmup[endpoint], dataset, "warm"):
            client.warm(request)
    counter.switch("on")
    for endpoint in endpoints:
        number = min(INSTRUMENTED_WARMUP, plan.requests[endpoint])
        for request in sequence.requests(endpoint, number, dataset, "on"):
            client.warm(request)


def _endpoint(
    lab: Lab, client: Client, counter: _Counter, plan: Counting, endpoint: Endpoint, say: Say
) -> tuple[Dump, ...]:
    say(f"counting {endpoint}")
    counter.dump()
    return tuple(
        _dump(lab, client, counter, plan.requests[endpoint], endpoint, part)
        for part in range(plan.dumps_of(endpoint))
    )


def _dump(
    lab: Lab, client: Client, counter: _Counter, number: int, endpoint: Endpoint, part: int
) -> Dump:
    started = time.monotonic()
    _send(lab, client, number, endpoint, f"dump{part}")
    seconds = time.monotonic() - started
    return _recorded(number, seconds, counter.dump())


def _send(lab: Lab, client: Client, number: int, endpoint: Endpoint, part: str) -> None:
    for request in sequence.requests(endpoint, number, lab.config.dataset, part):
        client.send(request)


def _idle(counter: _Counter) -> Dump:
    counter.dump()
    started = time.monotonic()
    time.sleep(IDLE_S)
    seconds = time.monotonic() - started
    return _recorded(0, seconds, counter.dump())


def _recorded(requests: int, seconds: float, counted: Counter[tuple[str, str]]) -> Dump:
    objects: Counter[str] = Counter()
    functions: dict[str, dict[str, int]] = {}
    least = FUNCTION_SHARE_MIN * counted.total()
    for (path, name), instructions in counted.most_common():
        objects[path] += instructions
        own = functions.setdefault(path, {})
        kept = name if instructions >= least else OTHER
        own[kept] = own.get(kept, 0) + instructions
    return Dump(
        requests=requests, seconds=round(seconds, 3), objects=dict(objects), functions=functions
    )
