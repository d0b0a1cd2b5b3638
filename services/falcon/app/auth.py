"""Registration and login."""

import falcon
from falcon.asgi import Request, Response
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.database import Sessions
from app.errors import InvalidCredentials, UsernameTaken
from app.models import User
from app.security import DUMMY_HASH, create_access_token, hash_password, verify_password
from app.settings import TOKEN_LIFETIME_S
from app.validation import read_credentials


class Register:
    is_public = True

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    async def on_post(self, req: Request, resp: Response) -> None:
        credentials = await read_credentials(req)
        password_hash = await hash_password(credentials.password)
        async with self.sessions() as session:
            user = User(username=credentials.username, password=password_hash)
            session.add(user)
            try:
                await session.commit()
            except IntegrityError:
                raise UsernameTaken from None
        resp.status = falcon.HTTP_CREATED
        resp.media = {"id": user.id, "username": user.username}


class Login:
    is_public = True

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    async def on_post(self, req: Request, resp: Response) -> None:
        credentials = await read_credentials(req)
        async with self.sessions() as session:
            user = await session.scalar(select(User).where(User.username == credentials.username))
        # Only now, so that no connection is held while hashing.
        password_hash = user.password if user is not None else DUMMY_HASH
        if not await verify_password(password_hash, credentials.password) or user is None:
            raise InvalidCredentials
        resp.media = {
            "access_token": create_access_token(user.id),
            "token_type": "bearer",
            "expires_in": TOKEN_LIFETIME_S,
        }
