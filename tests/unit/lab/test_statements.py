import pytest

from levelbench.lab.statements import DATA_STATEMENTS, Statement, Tally, rule


def statement(query: str, calls: int = 1, rows: int = 1) -> Statement:
    return Statement(query, calls, rows)


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("SELECT users.id FROM users \nWHERE users.id = $1::BIGINT", "SELECT users"),
        ("SELECT count(*) AS count_1 \nFROM orders", "COUNT orders"),
        ('SELECT COUNT(*) AS "__count" FROM "orders"', "COUNT orders"),
        ("SELECT count(*) FROM (SELECT orders.id FROM orders) AS anon_1", "COUNT orders"),
        ("SELECT orders.id FROM orders JOIN users AS u ON u.id = orders.user_id", "SELECT orders"),
        ("INSERT INTO users (username) VALUES ($1) RETURNING users.id", "INSERT users"),
        ('UPDATE "tasks" SET "status" = $1', "UPDATE tasks"),
        ("DELETE FROM public.users", "DELETE users"),
        ("SELECT 1", "SELECT"),
        ("SELECT t.oid FROM pg_catalog.pg_type AS t", "SELECT pg_catalog"),
    ],
)
def test_a_statement_is_named_by_verb_and_table(query: str, label: str) -> None:
    assert statement(query).label == label


@pytest.mark.parametrize("query", ["BEGIN;", "begin isolation level read committed", "COMMIT",
                                   " ROLLBACK ", "SAVEPOINT a", "RELEASE SAVEPOINT a"])  # fmt: skip
def test_what_begins_or_ends_a_transaction_is_apart(query: str) -> None:
    assert statement(query).is_transaction
    assert not statement(query).touches_data


@pytest.mark.parametrize("query", ["SELECT 1", "SET synchronous_commit = off", "DISCARD ALL"])
def test_all_else_counts_as_data(query: str) -> None:
    tally = Tally.of([statement(query, calls=3)], requests=3)
    assert (tally.data_calls, tally.transaction) == (3, 0)


def test_a_tally_adds_up_by_label() -> None:
    tally = Tally.of(
        [
            statement("BEGIN", 4, 0),
            statement("SELECT a FROM users WHERE id = $1", 4, 4),
            statement("SELECT b FROM order_items WHERE order_id IN ($1)", 1, 2),
            statement("SELECT b FROM order_items WHERE order_id IN ($1, $2)", 3, 9),
        ],
        requests=4,
    )
    assert tally.data == {"SELECT order_items": 4, "SELECT users": 4}
    assert tally.transaction == 4
    assert tally.rows == 15
    assert tally.per_request(tally.data_calls) == 2


def test_forgetting_what_was_prepared_belongs_to_no_request() -> None:
    tally = Tally.of([statement("DEALLOCATE ALL"), statement("SELECT a FROM users")], requests=1)
    assert tally.data == {"SELECT users": 1}


def test_a_look_at_the_catalogue_touches_no_data() -> None:
    assert not statement("SELECT typname FROM pg_type").touches_data
    assert statement("SELECT * FROM users").touches_data


def test_the_rule_adds_up_over_endpoints() -> None:
    assert rule({"list": 10, "detail": 1, "task": 1}) == 46
    assert rule(dict.fromkeys(DATA_STATEMENTS, 1)) == 12


def test_an_exhibits_answers_cost_what_it_declares() -> None:
    assert rule({"register": 0, "list": 10}, {"list": 2}) == 20
