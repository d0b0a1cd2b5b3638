"""Registration and login."""

from datetime import UTC, datetime

from psycopg.errors import UniqueViolation

from app.database import connection
from app.errors import invalid_credentials, username_taken
from app.http import Request, Response
from app.security import DUMMY_HASH, create_access_token, hash_password, verify_password
from app.settings import TOKEN_LIFETIME_S
from app.validation import read_credentials

INSERT_USER = """
    INSERT INTO users (username, password, created_at) VALUES (%s, %s, %s) RETURNING id
"""
SELECT_PASSWORD = "SELECT id, password FROM users WHERE username = %s"


def register(request: Request) -> Response:
    username, password = read_credentials(request)
    password_hash = hash_password(password)
    try:
        (user_id,) = (
            connection()
            .execute(INSERT_USER, (username, password_hash, datetime.now(UTC)))
            .fetchone()
        )
    except UniqueViolation:
        raise username_taken() from None
    return Response(201, f'{{"id":{user_id},"username":"{username}"}}')


def login(request: Request) -> Response:
    username, password = read_credentials(request)
    user = connection().execute(SELECT_PASSWORD, (username,)).fetchone()
    user_id, password_hash = user if user is not None else (None, DUMMY_HASH)
    if not verify_password(password_hash, password) or user_id is None:
        raise invalid_credentials()
    token = create_access_token(user_id)
    return Response(
        200,
        f'{{"access_token":"{token}","token_type":"bearer","expires_in":{TOKEN_LIFETIME_S}}}',
    )
