"""FastAPI's validation errors in the contract's format."""

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from app.errors import error_response


async def validation_error(request: Request, exc: RequestValidationError) -> JSONResponse:
    match exc.errors()[0]:
        # FastAPI calls an empty body a missing one; it is no JSON either.
        case {"type": "json_invalid"} | {"type": "missing", "loc": ("body",)}:
            return error_response(400, "malformed_json", "The body is not valid JSON.")
        case {"loc": ("path", _)}:
            return error_response(404, "not_found", "Not Found")
    # ("body", field) or ("query", field); ("body",) if the body is no object
    fields = {field for error in exc.errors() for field in error["loc"][1:2]}
    return error_response(422, "validation_error", "The request is not valid.", fields)
