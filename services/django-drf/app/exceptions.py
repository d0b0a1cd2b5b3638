"""The contract's error format, and the exceptions that REST framework does not have."""

from typing import Any

from django.db import InterfaceError, OperationalError
from rest_framework import views
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.settings import api_settings

# The codes of the errors that follow from their status.
CODES = {
    400: "malformed_json",
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    409: "username_taken",
    413: "payload_too_large",
    503: "unavailable",
}


class InvalidCredentials(APIException):
    """A 401 whose code does not follow from its status."""

    status_code = 401
    default_detail = "The username or password is wrong."
    auth_header = "Bearer"


class UsernameTaken(APIException):
    status_code = 409
    default_detail = "This username is taken."


class PayloadTooLarge(APIException):
    status_code = 413
    default_detail = "The body is too large."


class Unavailable(APIException):
    status_code = 503
    default_detail = "The service is temporarily unavailable."


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(exc, OperationalError | InterfaceError):
        exc = Unavailable()
    response = views.exception_handler(exc, context)
    if response is None:
        return None
    fields: list[str] = []
    if isinstance(exc, ValidationError):
        response.status_code, code, message = 422, "validation_error", "The request is not valid."
        # Errors of the whole object have a key of their own.
        fields = sorted(set(exc.detail) - {api_settings.NON_FIELD_ERRORS_KEY})
    else:
        code, message = CODES.get(response.status_code, "error"), response.data["detail"]
        if isinstance(exc, InvalidCredentials):
            code = "invalid_credentials"
    response.data = {"error": {"code": code, "message": message, "fields": fields}}
    return response
