"""What services/CONTRACT.md leaves open: a stream asks no such thing."""

import re
from urllib.parse import parse_qsl, unquote

from levelbench.verify.contract import Request
from levelbench.verify.contract.request import SIGNED_IN
from levelbench.verify.contract.subject import HEALTHZ, LOGIN, ORDERS, READYZ, REGISTER, TASKS

REQUEST_LINE_LIMIT_BYTES = 4000

HEADER_LIMIT_BYTES = 8000
HEADERS_LIMIT = 90
# Another one of these contradicts the one that the client writes, or changes the protocol.
FRAMING = {"content-length", "host", "connection", "upgrade", "expect", "te", "trailer"}

PUBLIC = {("POST", REGISTER), ("POST", LOGIN), ("GET", HEALTHZ), ("GET", READYZ)}
ID = "0*[1-9][0-9]{0,17}"
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|<task>"
PARAMETER_ROUTES = (
    ("GET", f"{ORDERS}/([^/]+)", ID),
    ("POST", f"{ORDERS}/([^/]+)/invoice", ID),
    ("GET", f"{TASKS}/([^/]+)", UUID),
)
ENDS_IN_ITS_OWN_WORD = re.compile(
    rf"{REGISTER}|{LOGIN}|{HEALTHZ}|{READYZ}|{ORDERS}(/[^/]+/invoice)?"
)


def outside(request: Request) -> str | None:
    """Which point of the contract's list "Outside the contract" `request` falls under, if any."""
    path, _, query = request.target.partition("?")
    headers = {name.lower(): value for name, value in request.headers}
    body = request.body or b""
    if request.method in ("HEAD", "OPTIONS"):
        return "HEAD and OPTIONS"
    if "content-type" in headers:
        return "another or no Content-Type"
    if "transfer-encoding" in headers:
        return "chunked uploads"
    if headers.keys() & FRAMING:
        return "a header that is sent twice; Upgrade; Expect"
    if [name for name, _ in parse_qsl(query, keep_blank_values=True)].count("page") > 1:
        return "a repeated page"
    if body.startswith(b"\xef\xbb\xbf"):
        return "a byte-order mark"
    if re.search(b"NaN|Infinity", body):
        return "NaN in JSON"
    if len(f"{request.method} {request.target} HTTP/1.1") > REQUEST_LINE_LIMIT_BYTES:
        return "a request line beyond 4,000 bytes"
    if len(headers) > HEADERS_LIMIT or any(
        len(value) > HEADER_LIMIT_BYTES for value in headers.values()
    ):
        return "a header beyond 8,000 bytes; more than 90 headers"
    return _outside_routing(request, path)


def _outside_routing(request: Request, path: str) -> str | None:
    call = (request.method, path)
    if path.endswith("%0A") and ENDS_IN_ITS_OWN_WORD.fullmatch(path[:-3]):
        return "a route's own path with a newline after it"
    routed = call in PUBLIC or call == ("GET", ORDERS)
    for method, pattern, parameter in PARAMETER_ROUTES:
        if match := re.fullmatch(pattern, unquote(path)):
            is_id = re.fullmatch(parameter, match[1]) is not None
            if method != request.method and not is_id:
                return "the order of the 404 for what is no id against 405"
            routed = routed or (method == request.method and is_id)
    if request.authorization != SIGNED_IN and not routed:
        return "the order of 401 against the 404 and 405 of routing"
    return None
