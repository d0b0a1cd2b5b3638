"""Health checks, and unknown routes and methods."""

from functools import partial

from levelbench.verify.contract import expect
from levelbench.verify.contract.case import Cases
from levelbench.verify.contract.subject import (
    HEALTHZ,
    LOGIN,
    ORDERS,
    READYZ,
    REGISTER,
    TASKS,
    UNKNOWN_TASK,
    Subject,
)

CASES = Cases()


@CASES.named("health/healthz")
def healthz(subject: Subject) -> None:
    expect.body(subject.call("GET", HEALTHZ), 200, {"status": "ok"})


@CASES.named("health/readyz")
def readyz(subject: Subject) -> None:
    expected = {"status": "ready", "checks": {"database": True, "redis": True}}
    expect.body(subject.call("GET", READYZ), 200, expected)


@CASES.named("health/ignores-authorization")
def health_ignores_authorization(subject: Subject) -> None:
    for target in (HEALTHZ, READYZ):
        expect.status(subject.call("GET", target, token="nonsense"), 200)


def _unknown_route(method: str, target: str, token: bool, subject: Subject) -> None:
    path = target.format(order=subject.order["id"])
    body = b"{}" if method == "POST" else None
    reply = subject.call(method, path, body=body, token=subject.token if token else None)
    expect.error(reply, 404, "not_found")


_UNKNOWN: list[tuple[str, str]] = [
    ("GET", "/"),
    ("GET", "/nope"),
    ("GET", "/api"),
    ("GET", "/api/v1"),
    ("GET", "/api/v1/nope"),
    ("GET", "/api/v2/orders"),
    ("GET", "/orders"),
    ("POST", "/auth/login"),
    ("GET", "/api/v1/healthz"),
    ("GET", "/api/v1/readyz"),
    ("GET", "/api/v1/auth"),
    ("POST", "/api/v1/auth/nope"),
    ("POST", "/api/v1/login"),
    ("GET", "/api/v1/tasks"),
    ("GET", "/api/v1/orders/{order}/items"),
    ("GET", "/api/v1/orders/{order}/nope"),
    ("POST", "/api/v1/orders/{order}/invoice/nope"),
    ("GET", "/api/v1/ORDERS"),
    ("GET", "/API/v1/orders"),
    ("GET", "/api/v1/orders.json"),
    ("GET", "/HEALTHZ"),
    ("GET", "/nope?page=1"),
    ("GET", "/%00"),
    ("GET", "/%FF"),
    ("GET", "/nope%0A"),
    # A trailing slash
    ("POST", f"{REGISTER}/"),
    ("POST", f"{LOGIN}/"),
    ("GET", f"{ORDERS}/"),
    ("GET", f"{ORDERS}/?page=1"),
    ("GET", f"{ORDERS}/{{order}}/"),
    ("POST", f"{ORDERS}/{{order}}/invoice/"),
    ("GET", f"{TASKS}/{UNKNOWN_TASK}/"),
    ("GET", f"{TASKS}/"),
    ("GET", f"{HEALTHZ}/"),
    ("GET", f"{READYZ}/"),
    ("GET", "/api/v1/"),
    # A doubled slash
    ("GET", f"/{HEALTHZ}"),
    ("GET", f"/{ORDERS}"),
    ("GET", "/api//v1/orders"),
    ("GET", "/api/v1//orders"),
    ("GET", f"{ORDERS}//"),
    ("GET", f"{ORDERS}//{{order}}"),
    ("POST", f"{ORDERS}/{{order}}//invoice"),
    ("POST", f"{ORDERS}//invoice"),
    ("GET", f"/api/v1//tasks/{UNKNOWN_TASK}"),
    ("POST", "/api/v1/auth//register"),
    ("POST", "/api/v1/auth//login"),
    ("POST", f"/{LOGIN}"),
]

for method, target in _UNKNOWN:
    check = partial(_unknown_route, method, target, True)
    CASES.add(f"route/{method} {target}", check)
for target in ("/", "/nope", f"/{HEALTHZ}", f"{HEALTHZ}/"):
    check = partial(_unknown_route, "GET", target, False)
    CASES.add(f"route/GET {target} without token", check)


def _wrong_method(method: str, target: str, subject: Subject) -> None:
    path = target.format(order=subject.order["id"])
    reply = subject.call(method, path, token=subject.token)
    expect.error(reply, 405, "method_not_allowed")


_METHODS: list[tuple[str, tuple[str, ...]]] = [
    (REGISTER, ("GET", "PUT", "PATCH", "DELETE")),
    (LOGIN, ("GET", "PUT", "PATCH", "DELETE")),
    (ORDERS, ("POST", "PUT", "PATCH", "DELETE")),
    (f"{ORDERS}/{{order}}", ("POST", "PUT", "PATCH", "DELETE")),
    (f"{ORDERS}/{{order}}/invoice", ("GET", "PUT", "PATCH", "DELETE")),
    (f"{TASKS}/{UNKNOWN_TASK}", ("POST", "PUT", "PATCH", "DELETE")),
    (HEALTHZ, ("POST", "PUT", "PATCH", "DELETE")),
    (READYZ, ("POST", "PUT", "PATCH", "DELETE")),
]

for target, methods in _METHODS:
    for method in methods:
        CASES.add(f"method/{method} {target}", partial(_wrong_method, method, target))
