"""Passwords and access tokens."""

import re
import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate

import jwt
from django.conf import settings
from django.contrib.auth import hashers
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from app.errors import APIError
from app.models import User

ALGORITHM = "HS256"

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


class Argon2PasswordHasher(hashers.Argon2PasswordHasher):
    """argon2id at OWASP's minimum:
    https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
    """

    time_cost = 2
    memory_cost = 19_456  # KiB
    parallelism = 1


def create_access_token(user: User) -> str:
    now = int(time.time())
    claims = {"sub": str(user.pk), "iat": now, "exp": now + settings.TOKEN_LIFETIME_S}
    return jwt.encode(claims, settings.SECRET_KEY, algorithm=ALGORITHM)


def get_current_user(request: HttpRequest) -> User:
    """The user whom the request's bearer token names; `APIError` 401 if there is none."""
    unauthorized = APIError(401, "unauthorized", "A valid bearer token is required.")
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise unauthorized
    try:
        claims = jwt.decode(
            token.strip(),
            settings.SECRET_KEY,
            algorithms=[ALGORITHM],
            options={"require": ["exp", "sub"]},
        )
    except jwt.InvalidTokenError as error:
        raise unauthorized from error
    if not re.fullmatch("[0-9]{1,19}", claims["sub"]):
        raise unauthorized
    try:
        return User.objects.get(pk=int(claims["sub"]))
    except User.DoesNotExist as error:
        raise unauthorized from error


def bearer_required[**P](view: View[P]) -> View[P]:
    """Set `request.user` from the bearer token, or answer 401."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request.user = get_current_user(request)
        return view(request, *args, **kwargs)

    return wrapper


def limit_body[**P](view: View[P]) -> View[P]:
    """Refuse too large a body in a view that reads none; Django does so where one is read.

    It stands below `bearer_required`, because 401 goes before 413.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if int(request.headers.get("Content-Length") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        return view(request, *args, **kwargs)

    return wrapper
