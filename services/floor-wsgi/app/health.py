"""Whether the process is alive, and whether it can serve."""

import json

from app.http import Request, Response
from app.readiness import check_readiness
from app.validation import limit_body


def healthz(request: Request) -> Response:
    limit_body(request)
    return Response(200, '{"status":"ok"}')


def readyz(request: Request) -> Response:
    limit_body(request)
    checks = check_readiness()
    if all(checks.values()):
        return Response(200, json.dumps({"status": "ready", "checks": checks}))
    return Response(503, json.dumps({"status": "unavailable", "checks": checks}))
