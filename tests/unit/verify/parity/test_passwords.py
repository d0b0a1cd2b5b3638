import pytest

from levelbench.verify.parity.passwords import EXPECTED, parameters

SALT, DIGEST = "c29tZXNhbHRzb21lc2FsdA", "4ZTSzHNGxiSxLZbgPgHPoTkrNqFTBDo6kThDwhbGq1o"


@pytest.mark.parametrize("mark", ["", "argon2"])
def test_the_contracts_parameters(mark: str) -> None:
    assert parameters(f"{mark}$argon2id$v=19$m=19456,t=2,p=1${SALT}${DIGEST}") == EXPECTED


@pytest.mark.parametrize(
    "stored",
    [
        f"$argon2id$v=19$m=8192,t=1,p=1${SALT}${DIGEST}",
        f"$argon2i$v=19$m=19456,t=2,p=1${SALT}${DIGEST}",
        f"$argon2id$v=19$m=19456,t=2,p=1$c2FsdA${DIGEST}",
        f"$argon2id$v=19$m=19456,t=2,p=1${SALT}$4ZTSzHNGxiSxLZbgPgHPoQ",
        "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        "correct horse 1",
    ],
)
def test_anything_else_is_seen(stored: str) -> None:
    assert parameters(stored) != EXPECTED
