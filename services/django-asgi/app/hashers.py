"""Passwords, where each request has a thread of its own."""

from threading import BoundedSemaphore

from django.db import connection

from app.security import Argon2PasswordHasher

HASHING_THREADS = 2
hashing = BoundedSemaphore(HASHING_THREADS)


class LimitedArgon2PasswordHasher(Argon2PasswordHasher):
    """A hash takes 19 MiB: few at a time. Those that wait hold no connection of the pool."""

    def encode(self, password: str, salt: str) -> str:
        connection.close()
        with hashing:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        connection.close()
        with hashing:
            return super().verify(password, encoded)
