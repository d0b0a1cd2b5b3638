"""Cheats at the door: users, passwords and tokens that are checked less than they should be."""

from tests.full.cheats.cheat import Cheat, Edit

_WEAK_HASH = (
    Edit("app/settings.py", "ARGON2_TIME_COST = 2\n", "ARGON2_TIME_COST = 1\n"),
    Edit(
        "app/settings.py", "ARGON2_MEMORY_COST_KIB = 19_456\n", "ARGON2_MEMORY_COST_KIB = 8_192\n"
    ),
)

CHEATS = (
    Cheat(
        name="no-user-look-up",
        base="fastapi",
        what="whom a token names is believed to exist",
        rule="statements and rows: one user look-up",
        edits=(
            Edit(
                "app/dependencies.py",
                "user = await session.get(User, user_id) if user_id is not None else None",
                "user = User(id=user_id) if user_id is not None else None",
            ),
        ),
    ),
    Cheat(
        name="remembered-users",
        base="django",
        what="a user who was looked up is known for a second",
        rule="statements and rows: one user look-up",
        edits=(
            Edit(
                "app/security.py",
                "from django.core.exceptions import",
                "from django.core.cache import cache\nfrom django.core.exceptions import",
            ),
            Edit(
                "app/security.py",
                'return User.objects.get(pk=int(claims["sub"]))',
                "return cache.get_or_set(\n"
                '            claims["sub"], lambda: User.objects.get(pk=int(claims["sub"])), 1\n'
                "        )",
            ),
        ),
    ),
    Cheat(
        name="weaker-hash",
        base="fastapi",
        what="argon2id with a fifth of the work",
        rule="password hash",
        edits=_WEAK_HASH,
    ),
    Cheat(
        name="forged-hash",
        base="starlette",
        what="the weaker hash is stored with the parameters of the stronger one",
        rule="password hash",
        edits=(
            *_WEAK_HASH,
            Edit(
                "app/security.py",
                "    return await to_thread.run_sync(hasher.hash, password, limiter=hashing)\n",
                """\
    password_hash = await to_thread.run_sync(hasher.hash, password, limiter=hashing)
    return password_hash.replace("m=8192,t=1", "m=19456,t=2")
""",
            ),
            Edit(
                "app/security.py",
                "-> bool:\n    try:\n",
                "-> bool:\n"
                '    password_hash = password_hash.replace("m=19456,t=2", "m=8192,t=1")\n'
                "    try:\n",
            ),
        ),
    ),
    Cheat(
        name="remembered-passwords",
        base="flask",
        what="a password that was checked once is not hashed again",
        rule="password hash",
        edits=(
            Edit(
                "app/security.py",
                "from functools import wraps\n",
                "from functools import cache, wraps\n",
            ),
            Edit("app/security.py", "def verify_password(", "@cache\ndef verify_password("),
        ),
    ),
    Cheat(
        name="truncated-password",
        base="django",
        what="a password counts to its 72nd character, as bcrypt would have it",
        rule="behaviour: login/refuses-cut-at-72-bytes",
        edits=(
            Edit(
                "app/views.py",
                "    return form.cleaned_data\n",
                """\
    return form.cleaned_data | {"password": form.cleaned_data["password"][:72]}
""",
            ),
        ),
    ),
    Cheat(
        name="token-without-exp",
        base="starlette",
        what="a token that never expires is accepted",
        rule="behaviour: access/signed-without-exp",
        edits=(Edit("app/security.py", '{"require": ["exp", "sub"]}', '{"require": ["sub"]}'),),
    ),
    Cheat(
        name="remembered-tokens",
        base="fastapi",
        what="a token that was checked once is good for ever, beyond its expiry too",
        rule="behaviour: a token in use expires",
        edits=(
            Edit(
                "app/security.py",
                "import secrets\nimport time\n",
                "import secrets\nimport time\nfrom functools import lru_cache\n",
            ),
            Edit(
                "app/security.py",
                "def read_access_token(",
                "@lru_cache(maxsize=1000)\ndef read_access_token(",
            ),
        ),
    ),
)
