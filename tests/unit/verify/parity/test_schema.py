import pytest

from levelbench.verify.parity.schema import _index, _key


@pytest.mark.parametrize(
    ("kind", "definition", "shown"),
    [
        ("p", "PRIMARY KEY (id)", "primary (id)"),
        ("u", "UNIQUE (username)", "unique (username)"),
        ("f", "FOREIGN KEY (user_id) REFERENCES users(id)", "foreign (user_id) -> users (id)"),
        (
            "f",
            "FOREIGN KEY (user_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED",
            "foreign (user_id) -> users (id)",
        ),
        (
            "f",
            "FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE",
            "foreign (user_id) -> users (id) ON DELETE CASCADE",
        ),
        ("c", "CHECK ((quantity > 0))", "check ((quantity > 0))"),
    ],
)
def test_a_key_is_shown_without_what_changes_no_work(
    kind: str, definition: str, shown: str
) -> None:
    assert _key(kind, definition) == shown


@pytest.mark.parametrize(
    ("definition", "shown"),
    [
        (
            "CREATE INDEX a ON public.orders USING btree (created_at DESC, id DESC)",
            "btree (created_at DESC, id DESC)",
        ),
        ("CREATE UNIQUE INDEX b ON public.users USING btree (id)", "btree (id) unique"),
        (
            "CREATE INDEX c ON public.orders USING btree (user_id) WHERE (user_id > 5)",
            "btree (user_id) WHERE (user_id > 5)",
        ),
    ],
)
def test_an_index_is_shown_whole_but_for_its_name(definition: str, shown: str) -> None:
    assert _index("name", definition) == shown
