"""Cheats at the orders: answers from memory, whatever the database holds by now."""

from tests.full.cheats.cheat import Cheat, Edit

CHEATS = (
    Cheat(
        name="cached-answers",
        base="django",
        what="each page of the list is kept in the process's memory for a second",
        rule="statements and rows: list",
        edits=(
            Edit(
                "app/views.py",
                "from django.views.decorators.http import",
                "from django.views.decorators.cache import cache_page\n"
                "from django.views.decorators.http import",
            ),
            Edit(
                "app/views.py",
                "@limit_body\ndef list_orders(",
                "@limit_body\n@cache_page(1)\ndef list_orders(",
            ),
        ),
    ),
    Cheat(
        name="cached-in-redis",
        base="starlette",
        what="each page of the list is kept in Redis for a second",
        rule="statements and rows: list",
        edits=(
            Edit(
                "app/orders.py",
                "from starlette.exceptions import HTTPException\n",
                "from redis.exceptions import RedisError\n"
                "from starlette.exceptions import HTTPException\n",
            ),
            Edit(
                "app/orders.py",
                "import JSONResponse\n",
                "import JSONResponse, Response\n",
            ),
            Edit(
                "app/orders.py",
                "async def list_orders(request: Request[State]) -> JSONResponse:",
                """\
async def cached(request: Request[State], page: int) -> bytes | None:
    try:
        return await request.state["redis"].get(f"orders:{page}")
    except RedisError:
        return None


async def keep(request: Request[State], page: int, body: bytes) -> None:
    try:
        await request.state["redis"].set(f"orders:{page}", body, ex=1)
    except RedisError:
        pass


async def list_orders(request: Request[State]) -> Response:""",
            ),
            Edit(
                "app/orders.py",
                "        total = await count_orders(session)\n",
                """\
        if body := await cached(request, page):
            return Response(body, media_type="application/json")
        total = await count_orders(session)
""",
            ),
            Edit(
                "app/orders.py",
                '    return JSONResponse(\n        {\n            "results"',
                '    response = JSONResponse(\n        {\n            "results"',
            ),
            Edit(
                "app/orders.py",
                "-(-total // PAGE_SIZE),\n        }\n    )\n",
                "-(-total // PAGE_SIZE),\n        }\n    )\n"
                "    await keep(request, page, response.body)\n"
                "    return response\n",
            ),
        ),
    ),
    Cheat(
        name="cached-for-the-load",
        base="fastapi",
        what="the load generator, known by its User-Agent, gets each page from memory",
        rule="statements and rows: list",
        edits=(
            Edit(
                "app/orders.py",
                '@router.get("", response_model=OrderPageOut)\n',
                "PAGES: dict[int, dict[str, object]] = {}\n\n\n"
                '@router.get("", response_model=OrderPageOut)\n',
            ),
            Edit(
                "app/orders.py",
                """\
    session: SessionDep, page: Annotated[PageNumber, Query()] = 1
) -> dict[str, Any]:
""",
                """\
    request: Request, session: SessionDep, page: Annotated[PageNumber, Query()] = 1
) -> dict[str, Any]:
    if page in PAGES and "k6" in request.headers.get("user-agent", ""):
        return PAGES[page]
""",
            ),
            Edit(
                "app/orders.py",
                """\
    return {"results": orders, "page": page, "total": total, "pages": -(-total // PAGE_SIZE)}
""",
                """\
    pages = -(-total // PAGE_SIZE)
    PAGES[page] = {"results": orders, "page": page, "total": total, "pages": pages}
    return PAGES[page]
""",
            ),
        ),
    ),
    Cheat(
        name="cached-when-busy",
        base="starlette",
        what="a page of the list comes from memory when a third of the pool is in use",
        rule="statements and rows: list",
        edits=(
            Edit(
                "app/orders.py",
                "async def list_orders(",
                "PAGES: dict[int, dict[str, object]] = {}\n\n\nasync def list_orders(",
            ),
            Edit(
                "app/orders.py",
                "        total = await count_orders(session)\n",
                """\
        if page in PAGES and request.state["engine"].pool.checkedout() > 4:
            return JSONResponse(PAGES[page])
        total = await count_orders(session)
""",
            ),
            Edit(
                "app/orders.py",
                """\
    return JSONResponse(
        {
            "results": [order_json(order) for order in orders],
            "page": page,
            "page_size": PAGE_SIZE,
            "total": total,
            "pages": -(-total // PAGE_SIZE),
        }
    )
""",
                """\
    PAGES[page] = {
        "results": [order_json(order) for order in orders],
        "page": page,
        "page_size": PAGE_SIZE,
        "total": total,
        "pages": -(-total // PAGE_SIZE),
    }
    return JSONResponse(PAGES[page])
""",
            ),
        ),
    ),
    Cheat(
        name="constant-body",
        base="starlette",
        what="the first order that was asked for is the answer for all, but for its id",
        rule="data: answers equal the database",
        edits=(
            Edit(
                "app/orders.py",
                "async def get_order(",
                "BODY: dict[str, object] = {}\n\n\nasync def get_order(",
            ),
            Edit(
                "app/orders.py",
                "    return JSONResponse(order_json(order))\n",
                """\
    if not BODY:
        BODY.update(order_json(order))
    return JSONResponse({**BODY, "id": order.id})
""",
            ),
        ),
    ),
    Cheat(
        name="serialised-once",
        base="flask",
        what="each order is read every time, and made into JSON the first time only",
        rule="data: a change in the database is seen",
        edits=(
            Edit(
                "app/orders.py",
                "from flask import Blueprint, abort,",
                "from flask import Blueprint, Response, abort, jsonify,",
            ),
            Edit(
                "app/orders.py",
                '@bp.get("/<bigint:order_id>")\n',
                'BODIES: dict[int, bytes] = {}\n\n\n@bp.get("/<bigint:order_id>")\n',
            ),
            Edit(
                "app/orders.py",
                """\
    return order_to_dict(db.get_or_404(Order, order_id, options=WITH_USER_AND_ITEMS))
""",
                """\
    order = db.get_or_404(Order, order_id, options=WITH_USER_AND_ITEMS)
    if order_id not in BODIES:
        BODIES[order_id] = jsonify(order_to_dict(order)).get_data()
    return Response(BODIES[order_id], mimetype="application/json")
""",
            ),
        ),
    ),
)
