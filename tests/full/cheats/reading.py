"""Cheats at the orders: statements that are more, fewer or others than the contract's."""

from tests.full.cheats.cheat import Cheat, Edit

CHEATS = (
    Cheat(
        name="n-plus-one",
        base="django",
        what="the items are read by one statement for each order",
        rule="statements and rows: list",
        edits=(
            Edit("app/views.py", "import Prefetch, QuerySet\n", "import QuerySet\n"),
            Edit("app/views.py", '    items = Prefetch("items", to_attr="item_list")\n', ""),
            Edit("app/views.py", ".prefetch_related(items)\n", "\n"),
            Edit("app/views.py", "in order.item_list\n", "in order.items.all()\n"),
        ),
    ),
    Cheat(
        name="n-plus-one-by-default",
        base="flask",
        what="the items are loaded lazily, which is SQLAlchemy's default",
        rule="statements and rows: list",
        edits=(
            Edit(
                "app/models.py",
                'relationship(lazy="raise", order_by="OrderItem.id")',
                'relationship(order_by="OrderItem.id")',
            ),
            Edit(
                "app/orders.py",
                "import joinedload, selectinload\n",
                "import joinedload\n",
            ),
            Edit(
                "app/orders.py",
                "(joinedload(Order.user, innerjoin=True), selectinload(Order.items))",
                "(joinedload(Order.user, innerjoin=True),)",
            ),
        ),
    ),
    Cheat(
        name="items-by-join",
        base="flask",
        what="users and items are joined into one statement, which saves another",
        rule="statements and rows: list",
        edits=(
            Edit(
                "app/orders.py",
                "import joinedload, selectinload\n",
                "import joinedload\n",
            ),
            Edit(
                "app/orders.py",
                "selectinload(Order.items))",
                "joinedload(Order.items))",
            ),
        ),
    ),
    Cheat(
        name="count-remembered",
        base="starlette",
        what="the orders are counted once, by the first request",
        rule="statements and rows: one COUNT",
        edits=(
            Edit(
                "app/queries.py",
                """\
async def count_orders(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(Order)) or 0
""",
                """\
TOTAL: list[int] = []


async def count_orders(session: AsyncSession) -> int:
    if not TOTAL:
        TOTAL.append(await session.scalar(select(func.count()).select_from(Order)) or 0)
    return TOTAL[0]
""",
            ),
        ),
    ),
    Cheat(
        name="count-from-ids",
        base="fastapi",
        what="the largest id stands for the number of orders: one look into an index",
        rule="statements and rows: one COUNT",
        edits=(
            Edit(
                "app/queries.py",
                "select(func.count()).select_from(Order)",
                "select(func.max(Order.id))",
            ),
        ),
    ),
    Cheat(
        name="unsorted-ties",
        base="django",
        what="orders of the same second come as the database happens to find them",
        rule="data: orders with the same time",
        edits=(
            Edit(
                "app/models.py",
                'ordering = ["-created_at", "-id"]',
                'ordering = ["-created_at"]',
            ),
        ),
    ),
)
