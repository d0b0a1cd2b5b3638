"""In-memory contestant that follows the contract; a subclass breaks one requirement.

The suite talks to it over a socket, as to a real one.
"""

import base64
import hashlib
import hmac
import json
import re
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, unquote

from levelbench.verify.contract import Address

SECRET = "k" * 32
PAGE_SIZE = 20
ORDERS = 83  # five pages, the last one short
HASH_S = 0.004
MAX_BODY_BYTES = 65_536

ROUTES = [
    ("healthz", "GET", r"/healthz"),
    ("readyz", "GET", r"/readyz"),
    ("register", "POST", r"/api/v1/auth/register"),
    ("login", "POST", r"/api/v1/auth/login"),
    ("list_orders", "GET", r"/api/v1/orders"),
    ("get_order", "GET", r"/api/v1/orders/([^/]+)"),
    ("create_invoice", "POST", r"/api/v1/orders/([^/]+)/invoice"),
    ("get_task", "GET", r"/api/v1/tasks/([^/]+)"),
]
PUBLIC = {"healthz", "readyz", "register", "login"}


@dataclass
class Request:
    method: str
    target: str
    headers: Any
    body: bytes = b""
    user_id: int = 0


@dataclass
class Answer(Exception):  # noqa: N818 - raised for errors, returned for success
    status: int
    value: Any
    headers: dict[str, str] = field(default_factory=dict)


def failure(status: int, code: str, fields: list[str] | None = None) -> Answer:
    return Answer(status, {"error": {"code": code, "message": "No.", "fields": fields or []}})


def orders() -> list[dict[str, Any]]:
    """Newest first, four orders to each second, so that ties occur on every page."""
    return [
        {
            "id": number,
            "status": "paid",
            "total": f"{2 * number}.50",
            "created_at": f"2026-01-02T03:{number // 4 // 60:02}:{number // 4 % 60:02}Z",
            "user": {"id": number % 7 + 1, "username": f"seeded_{number % 7 + 1}"},
            "items": [
                {"id": 2 * number, "sku": "a", "quantity": 2, "unit_price": f"{number}.00"},
                {"id": 2 * number + 1, "sku": "b", "quantity": 1, "unit_price": "0.50"},
            ],
        }
        for number in range(ORDERS, 0, -1)
    ]


class Fake:
    """Follows the contract. Override a method to break a requirement."""

    needs_broker = True

    def __init__(self) -> None:
        self.orders = orders()
        self.users: dict[str, tuple[int, str | None]] = {
            f"seeded_{number}": (number, None) for number in range(1, 8)
        }
        self.tasks: dict[str, dict[str, Any]] = {}
        self.down: set[str] = set()
        self.lock = Lock()

    # A request's way

    def answer(self, request: Request, read_body: Any) -> Answer:
        path, _, query = request.target.partition("?")
        name, arguments = self.route(request.method, path)
        if name not in PUBLIC:
            request.user_id = self.authenticate(request.headers.get("Authorization", ""))
        length = int(request.headers.get("Content-Length") or 0)
        self.check_size(length)
        request.body = read_body(length)
        if "postgres" in self.down and name not in {"healthz", "readyz"}:
            raise self.unavailable()
        if name == "list_orders":
            found: Answer = self.list_orders(dict(parse_qsl(query, keep_blank_values=True)))
        else:
            found = getattr(self, name)(request, *arguments)
        return found

    def route(self, method: str, path: str) -> tuple[str, list[str]]:
        other_method = False
        for name, allowed, pattern in ROUTES:
            if match := re.fullmatch(pattern, path):
                if method == allowed:
                    return name, [unquote(part, errors="replace") for part in match.groups()]
                other_method = True
        raise failure(405, "method_not_allowed") if other_method else self.unknown_route(path)

    def unknown_route(self, path: str) -> Answer:
        return failure(404, "not_found")

    def check_size(self, length: int) -> None:
        if length > MAX_BODY_BYTES:
            raise failure(413, "payload_too_large")

    def unavailable(self) -> Answer:
        return failure(503, "unavailable")

    # Tokens

    def unauthorized(self) -> Answer:
        found = failure(401, "unauthorized")
        found.headers["WWW-Authenticate"] = "Bearer"
        return found

    def wrong_credentials(self) -> Answer:
        found = failure(401, "invalid_credentials")
        found.headers["WWW-Authenticate"] = "Bearer"
        return found

    def authenticate(self, header: str) -> int:
        scheme, _, token = header.partition(" ")
        token = self.trim(token)
        try:
            if scheme.lower() != "bearer":
                raise ValueError("scheme")
            signed, _, signature = token.rpartition(".")
            head, payload = (json.loads(self.unpack(part)) for part in signed.split("."))
            self.check_signature(head, signed, signature)
            self.check_expiry(payload)
            self.check_audience(payload)
            sub = payload["sub"]
            if not isinstance(sub, str):
                raise ValueError("sub")
            return self.subject(sub)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise self.unauthorized() from None

    def trim(self, token: str) -> str:
        return token.strip()

    def check_signature(self, head: dict[str, Any], signed: str, signature: str) -> None:
        if head["alg"] != "HS256" or not hmac.compare_digest(signature, self.sign(signed)):
            raise ValueError("signature")

    def check_expiry(self, payload: dict[str, Any]) -> None:
        if payload["exp"] <= time.time():
            raise ValueError("expired")

    def check_audience(self, payload: dict[str, Any]) -> None:
        if payload.get("aud") or payload.get("nbf", 0) > time.time():
            raise ValueError("for somebody else, or for later")

    def subject(self, sub: str) -> int:
        known = {str(number) for number, password in self.users.values() if password}
        if sub not in known:
            raise ValueError("sub")
        return int(sub)

    def issue(self, user_id: int) -> str:
        now = int(time.time())
        parts = ({"alg": "HS256"}, {"sub": str(user_id), "iat": now, "exp": now + 3600})
        signed = ".".join(self.pack(json.dumps(part).encode()) for part in parts)
        return f"{signed}.{self.sign(signed)}"

    def sign(self, signed: str) -> str:
        return self.pack(hmac.digest(SECRET.encode(), signed.encode(), hashlib.sha256))

    @staticmethod
    def pack(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    @staticmethod
    def unpack(part: str) -> bytes:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars="-_", validate=True)

    # Input

    def credentials(self, body: bytes) -> tuple[str, str]:
        try:
            value = json.loads(body.decode())
        except (ValueError, RecursionError):
            raise failure(400, "malformed_json") from None
        if not isinstance(value, dict):
            raise failure(422, "validation_error")
        name, password = value.get("username"), value.get("password")
        fields = []
        if not self.is_password(password):
            fields.append("password")
        if not self.is_username(name):
            fields.append("username")
        if fields:
            raise failure(422, "validation_error", self.order_fields(fields))
        return str(name), self.keep_password(str(password))

    def order_fields(self, fields: list[str]) -> list[str]:
        return sorted(fields)

    def is_username(self, name: Any) -> bool:
        return isinstance(name, str) and re.fullmatch(r"[a-z0-9_]{3,32}", name) is not None

    def is_password(self, password: Any) -> bool:
        if not isinstance(password, str) or not 8 <= len(password) <= 128:
            return False
        return re.search("[\0\ud800-\udfff]", password) is None

    def keep_password(self, password: str) -> str:
        return password

    def number(self, text: str) -> int | None:
        """Of ASCII digits and nothing else; whatever is beyond 18 digits is beyond all rows."""
        if re.fullmatch("[0-9]+", text) is None:
            return None
        return int(text.lstrip("0")[:18] or "0")

    # Handlers

    def healthz(self, request: Request) -> Answer:
        return Answer(200, {"status": "ok"})

    def readyz(self, request: Request) -> Answer:
        database, redis = "postgres" not in self.down, "redis" not in self.down
        ready = database and redis
        checks = {"database": database, "redis": redis}
        status = "ready" if ready else "unavailable"
        return Answer(200 if ready else 503, {"status": status, "checks": checks})

    def register(self, request: Request) -> Answer:
        name, password = self.credentials(request.body)
        self.hash()
        return Answer(201, {"id": self.insert_user(name, password), "username": name})

    def insert_user(self, name: str, password: str) -> int:
        with self.lock:
            if name in self.users:
                raise failure(409, "username_taken")
            self.users[name] = (len(self.users) + 1, password)
            return self.users[name][0]

    def hash(self) -> None:
        time.sleep(HASH_S)

    def unknown_user(self) -> None:
        self.hash()

    def login(self, request: Request) -> Answer:
        name, password = self.credentials(request.body)
        if name in self.users:
            self.hash()
        else:
            self.unknown_user()
        user_id, known = self.users.get(name, (0, None))
        if known is None or known != password:
            raise self.wrong_credentials()
        token = {"access_token": self.issue(user_id), "token_type": "bearer", "expires_in": 3600}
        return Answer(200, token)

    def list_orders(self, query: dict[str, str]) -> Answer:
        number = self.number(query.get("page", "1"))
        if not number:
            raise failure(422, "validation_error", ["page"])
        start = PAGE_SIZE * (number - 1)
        if start >= len(self.orders):
            raise failure(404, "not_found")
        page = {
            "results": self.orders[start : start + PAGE_SIZE],
            "page": number,
            "page_size": PAGE_SIZE,
            "total": len(self.orders),
            "pages": -(-len(self.orders) // PAGE_SIZE),
        }
        return Answer(200, page)

    def find_order(self, text: str) -> dict[str, Any]:
        number = self.number(text)
        if not number or number > len(self.orders):
            raise failure(404, "not_found")
        return next(order for order in self.orders if order["id"] == number)

    def get_order(self, request: Request, text: str) -> Answer:
        return Answer(200, self.find_order(text))

    def create_invoice(self, request: Request, text: str) -> Answer:
        order = self.find_order(text)
        if "redis" in self.down and self.needs_broker:
            raise self.unavailable()
        task_id = str(uuid.uuid4())
        self.tasks[task_id] = self.compute(order)
        location = {"Location": f"/api/v1/tasks/{task_id}"}
        return Answer(202, {"task_id": task_id, "status": "pending"}, location)

    def compute(self, order: dict[str, Any]) -> dict[str, Any]:
        result = {"order_id": order["id"], "total": order["total"]}
        return {"status": "succeeded", "result": result}

    def get_task(self, request: Request, text: str) -> Answer:
        if text not in self.tasks:
            raise failure(404, "not_found")
        return Answer(200, {"task_id": text, **self.tasks[text]})


@contextmanager
def serve(fake: Fake) -> Iterator[Address]:
    """`fake` on a loopback port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def respond(self) -> None:
            target = self.requestline.split(" ")[1]  # self.path has its leading slashes merged
            request = Request(self.command, target, self.headers)
            self.unread = True
            try:
                answer = fake.answer(request, self.read_body)
            except Answer as error:
                answer = error
            body = answer.value if isinstance(answer.value, bytes) else _json(answer.value)
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            kind = "text/html" if isinstance(answer.value, bytes) else "application/json"
            self.send_header("Content-Type", kind)
            unread = self.unread and int(self.headers.get("Content-Length") or 0) > 0
            if unread:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)
            if unread:
                self.linger()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = respond  # noqa: N815

        def read_body(self, length: int) -> bytes:
            self.unread = False
            return self.rfile.read(length)

        def linger(self) -> None:
            """Close without a reset: half at first, then when the client has stopped sending."""
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1)
            while self.connection.recv(65_536):
                pass

        def handle(self) -> None:
            with suppress(OSError):  # the client is gone
                super().handle()

    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield Address(
            base_url=f"http://127.0.0.1:{server.server_address[1]}",
            service="fake",
            jwt_secret=SECRET,
            stop=fake.down.add,
            start=fake.down.discard,
            tasks="celery" if fake.needs_broker else "in-process",
        )
        server.shutdown()


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
