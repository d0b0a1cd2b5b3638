"""Cheats at the box: more of what is held equal, or less of what it must do."""

from tests.full.cheats.cheat import Cheat, Edit

CHEATS = (
    Cheat(
        name="bigger-pool",
        base="fastapi",
        what="20 connections to the database",
        rule="connections",
        edits=(Edit("app/settings.py", '"POOL_SIZE", "12"', '"POOL_SIZE", "20"'),),
    ),
    Cheat(
        name="more-workers",
        base="flask",
        what="four workers of gunicorn",
        rule="traits: processes",
        edits=(Edit("gunicorn.conf.py", "workers = 3 ", "workers = 4 "),),
    ),
    Cheat(
        name="more-workers-declared",
        base="flask",
        what="four workers of gunicorn, and service.toml says so: 16 connections",
        rule="connections",
        edits=(
            Edit("gunicorn.conf.py", "workers = 3 ", "workers = 4 "),
            Edit("service.toml", "processes = 3\n", "processes = 4\n"),
            Edit("service.toml", "workers = 3, threads", "workers = 4, threads"),
        ),
    ),
    Cheat(
        name="more-threads",
        base="django",
        what="one process of twelve threads: as many connections, and less memory",
        rule="traits: threads",
        edits=(
            Edit("gunicorn.conf.py", "workers = 3 ", "workers = 1 "),
            Edit("gunicorn.conf.py", "threads = 4\n", "threads = 12\n"),
        ),
    ),
    Cheat(
        name="more-processes",
        base="starlette",
        what="two processes of uvicorn",
        rule="traits: processes",
        edits=(Edit("bin/serve", "app.main:app --host", "app.main:app --workers 2 --host"),),
    ),
    Cheat(
        name="another-loop",
        base="fastapi",
        what="the event loop of asyncio in place of the declared one",
        rule="traits: event_loop",
        edits=(Edit("bin/serve", "--loop uvloop", "--loop asyncio"),),
    ),
    Cheat(
        name="debug-pages",
        base="django",
        what="DEBUG is on: every statement is kept, every error becomes a page",
        rule="logging, debug, keep-alive: debug",
        edits=(Edit("app/settings.py", "DEBUG = False\n", "DEBUG = True\n"),),
    ),
    Cheat(
        name="debug-traces",
        base="starlette",
        what="debug is on, which shows in the answer to a fault of the application alone",
        rule="logging, debug, keep-alive: debug",
        edits=(
            Edit(
                "app/main.py",
                "app = Starlette(\n    routes=routes,\n",
                "app = Starlette(\n    debug=True,\n    routes=routes,\n",
            ),
        ),
    ),
    Cheat(
        name="access-log",
        base="fastapi",
        what="a line for each request",
        rule="logging, debug, keep-alive: output of",
        edits=(Edit("bin/serve", " --no-access-log", ""),),
    ),
    Cheat(
        name="short-keep-alive",
        base="starlette",
        what="an idle connection is closed after 5 s, which is uvicorn's default",
        rule="logging, debug, keep-alive: an idle connection",
        edits=(Edit("bin/serve", " --timeout-keep-alive 75", ""),),
    ),
    Cheat(
        name="swallowed-error",
        base="flask",
        what="a list that cannot be read is answered 200, and empty",
        rule="behaviour: postgres-down/list",
        edits=(
            Edit(
                "app/errors.py",
                "def unavailable(error: Exception) -> Response:\n",
                """\
def unavailable(error: Exception) -> Response:
    if request.endpoint == "orders.list_orders":
        return jsonify(results=[], page=1, page_size=20, total=0, pages=0)
""",
            ),
        ),
    ),
    Cheat(
        name="load-shedding",
        base="starlette",
        what="whoever comes while eight connections are in use is refused at once",
        rule="connections: answers under load",
        edits=(
            Edit(
                "app/authentication.py",
                '    async with request.state["sessions"]() as session:\n',
                """\
    if request.state["engine"].pool.checkedout() >= 8:
        raise HTTPException(503, "The service is busy.")
    async with request.state["sessions"]() as session:
""",
            ),
        ),
    ),
    Cheat(
        name="asynchronous-commit",
        base="fastapi",
        what="each session lets its commits return before they are on the disk",
        rule="server settings",
        edits=(
            Edit(
                "app/database.py",
                'connect_args={"timeout": DATABASE_CONNECT_TIMEOUT_S},',
                """\
connect_args={
            "timeout": DATABASE_CONNECT_TIMEOUT_S,
            "server_settings": {"synchronous_commit": "off"},
        },""",
            ),
        ),
    ),
    Cheat(
        name="settings-of-the-role",
        base="flask",
        what="the migration gives the role that all contestants share asynchronous commits",
        rule="server settings",
        edits=(
            Edit(
                "migrations/versions/0001_create_tables.py",
                "def upgrade() -> None:\n",
                """\
def upgrade() -> None:
    op.execute("ALTER ROLE CURRENT_USER SET synchronous_commit = off")
""",
            ),
        ),
    ),
    Cheat(
        name="unlogged-tasks",
        base="starlette",
        what="the tasks' table is not written to the log that would save it in a crash",
        rule="schema and indexes",
        edits=(
            Edit(
                "migrations/versions/0001_create_tables.py",
                'sa.Column("finished_at", sa.DateTime(timezone=True)),\n',
                'sa.Column("finished_at", sa.DateTime(timezone=True)),\n'
                '        prefixes=["UNLOGGED"],\n',
            ),
        ),
    ),
    Cheat(
        name="no-foreign-key",
        base="fastapi",
        what="no item's order is checked",
        rule="schema and indexes",
        edits=(
            Edit(
                "migrations/versions/0001_create_tables.py",
                '"order_id", sa.BigInteger, sa.ForeignKey("orders.id"), nullable=False',
                '"order_id", sa.BigInteger, nullable=False',
            ),
        ),
    ),
    Cheat(
        name="covering-index",
        base="django",
        what="a further index answers for the items without a look into their table",
        rule="schema and indexes",
        edits=(
            Edit(
                "app/migrations/0001_initial.py",
                'name="orders_created_at_id_idx"),\n        ),\n',
                """\
name="orders_created_at_id_idx"),
        ),
        migrations.AddIndex(
            model_name="orderitem",
            index=models.Index(
                fields=["order", "id"],
                include=["sku", "quantity", "unit_price"],
                name="order_items_covering_idx",
            ),
        ),
""",
            ),
        ),
    ),
)
