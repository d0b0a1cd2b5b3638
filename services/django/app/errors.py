"""The contract's error format, and what becomes an error of which code."""

from collections.abc import Callable, Iterable

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse


class APIError(Exception):
    """An error for which Django has no exception of its own."""

    def __init__(
        self, status_code: int, code: str, message: str, fields: Iterable[str] = ()
    ) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.code = code
        self.fields = fields


def error_response(
    status_code: int, code: str, message: str, fields: Iterable[str] = ()
) -> JsonResponse:
    error = {"code": code, "message": message, "fields": sorted(fields)}
    response = JsonResponse({"error": error}, status=status_code)
    if status_code == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


class ErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            allow = response["Allow"]
            response = error_response(405, "method_not_allowed", "The method is not allowed here.")
            response["Allow"] = allow
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        match exception:
            case APIError():
                return error_response(
                    exception.status_code, exception.code, str(exception), exception.fields
                )
            case RequestDataTooBig():
                return error_response(413, "payload_too_large", "The body is too large.")
            case OperationalError() | InterfaceError():
                return error_response(503, "unavailable", "The database is unavailable.")
        return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(400, "bad_request", "The request cannot be understood.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(404, "not_found", "There is nothing here.")


def server_error(request: HttpRequest) -> HttpResponse:
    return error_response(500, "internal_error", "The server failed.")
