"""Cheats in variants: what a variant may change does not excuse what it may not."""

from tests.full.cheats.cheat import Cheat, Edit

CHEATS = (
    Cheat(
        name="count-remembered-in-sql",
        base="starlette-asyncpg",
        what="the data layer is declared, and the orders are counted once, by the first request",
        rule="statements and rows: one COUNT",
        edits=(
            Edit(
                "app/queries.py",
                """\
async def count_orders(pool: Pool) -> int:
    return await pool.fetchval(COUNT_ORDERS)
""",
                """\
TOTAL: list[int] = []


async def count_orders(pool: Pool) -> int:
    if not TOTAL:
        TOTAL.append(await pool.fetchval(COUNT_ORDERS))
    return TOTAL[0]
""",
            ),
        ),
    ),
    Cheat(
        name="another-loop-in-granian",
        base="fastapi-granian",
        what="the server is declared, and the event loop changes with it",
        rule="traits: event_loop",
        edits=(Edit("bin/serve", "--loop uvloop", "--loop asyncio"),),
    ),
    Cheat(
        name="sum-not-computed-in-process",
        base="fastapi-background",
        what="tasks run in the process, and the total comes from the order instead of its items",
        rule="statements and rows: the worker",
        edits=(
            Edit(
                "app/invoices.py",
                """\
        total = await session.scalar(
            select(func.coalesce(func.sum(OrderItem.quantity * OrderItem.unit_price), 0)).where(
                OrderItem.order_id == task.order_id
            )
        )
""",
                """\
        total = await session.scalar(select(Order.total).where(Order.id == task.order_id))
""",
            ),
            Edit("app/invoices.py", "import OrderItem, Task, now", "import Order, Task, now"),
            Edit("app/invoices.py", "import func, make_url, select", "import make_url, select"),
        ),
    ),
)
