"""The contract's error format."""

from collections.abc import Iterable

from app.http import Header, Response, quote


class ApiError(Exception):
    """A request that is answered with an error."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: Iterable[str] = (),
        headers: tuple[Header, ...] = (),
    ) -> None:
        super().__init__(status, code, message)
        self.status = status
        self.code = code
        self.message = message
        self.fields = sorted(fields)
        self.headers = headers

    def response(self) -> Response:
        fields = ",".join(map(quote, self.fields))
        return Response(
            self.status,
            f'{{"error":{{"code":"{self.code}","message":{quote(self.message)},'
            f'"fields":[{fields}]}}}}',
            self.headers,
        )


def malformed_json() -> ApiError:
    return ApiError(400, "malformed_json", "The body is not valid JSON.")


# Every 401 carries it (RFC 9110, 15.5.2).
CHALLENGE = (("WWW-Authenticate", "Bearer"),)


def unauthorized() -> ApiError:
    return ApiError(401, "unauthorized", "Not authenticated.", headers=CHALLENGE)


def invalid_credentials() -> ApiError:
    message = "The username or password is wrong."
    return ApiError(401, "invalid_credentials", message, headers=CHALLENGE)


def not_found(message: str = "There is nothing here.") -> ApiError:
    return ApiError(404, "not_found", message)


def method_not_allowed() -> ApiError:
    return ApiError(405, "method_not_allowed", "The method is not allowed.")


def username_taken() -> ApiError:
    return ApiError(409, "username_taken", "The username is taken.")


def payload_too_large() -> ApiError:
    return ApiError(413, "payload_too_large", "The body is too large.")


def validation_error(*fields: str) -> ApiError:
    return ApiError(422, "validation_error", "The request is not valid.", fields)


def internal_error() -> ApiError:
    return ApiError(500, "internal_error", "Internal Server Error")


def unavailable() -> ApiError:
    return ApiError(503, "unavailable", "The service is temporarily unavailable.")
