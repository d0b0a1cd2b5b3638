"""The API: what it parses, who may ask, and its errors in the contract's format."""

import json
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer

from app.errors import error_response
from app.models import User
from app.security import get_current_user


class UTF8Parser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        # From bytes, json.loads takes UTF-16 and encoded surrogates as well.
        return json.loads(request.body.decode())


class BearerAuth(HttpBearer):
    """The user of a bearer token, whose body is not too large: 401 goes before 413."""

    def authenticate(self, request: HttpRequest, token: str) -> User:
        user = get_current_user(request)
        limit_body(request)
        return user


def limit_body(request: HttpRequest) -> None:
    """Refuse a body by its declared length, without waiting for it."""
    if int(request.headers.get("Content-Length") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise RequestDataTooBig


def public(request: HttpRequest) -> bool:
    """Everybody may ask, and nobody may send too large a body."""
    limit_body(request)
    return True


api = NinjaAPI(title="Levelbench", version="1.0.0", parser=UTF8Parser(), auth=BearerAuth())


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, exc: HttpError) -> HttpResponse:
    code = {400: "malformed_json", 401: "unauthorized"}.get(exc.status_code, "error")
    return error_response(exc.status_code, code, exc.message)


@api.exception_handler(ValidationError)
def validation_error(request: HttpRequest, exc: ValidationError) -> HttpResponse:
    if exc.errors[0]["loc"][0] == "body" and not request.body:  # Ninja does not parse an empty one
        return error_response(400, "malformed_json", "The body is empty.")
    # ("body", argument, field), ("query", field), or ("body", argument) if the body is no object
    fields = {
        str(error["loc"][-1])
        for error in exc.errors
        if error["loc"][0] == "query" or len(error["loc"]) > 2
    }
    return error_response(422, "validation_error", "The request is not valid.", fields)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, exc: Http404) -> HttpResponse:
    return error_response(404, "not_found", "There is nothing here.")
