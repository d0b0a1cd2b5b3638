"""Cheats at the invoices: tasks that are answered for and not done as promised."""

from tests.full.cheats.cheat import Cheat, Edit

CHEATS = (
    Cheat(
        name="eager-task",
        base="django",
        what="the handler computes the invoice itself: no broker, no worker",
        rule="tasks",
        edits=(
            Edit(
                "app/settings.py",
                "CELERY_TASK_IGNORE_RESULT = True\n",
                "CELERY_TASK_IGNORE_RESULT = True\nCELERY_TASK_ALWAYS_EAGER = True\n",
            ),
        ),
    ),
    Cheat(
        name="task-marked-first",
        base="starlette",
        what="the handler writes that the task succeeded; the worker finds it done",
        rule="tasks",
        edits=(
            Edit(
                "app/orders.py",
                "if await session.get(Order, order_id) is None:",
                "if (order := await session.get(Order, order_id)) is None:",
            ),
            Edit(
                "app/orders.py",
                'task = Task(id=uuid4(), order_id=order_id, status="pending")\n',
                'task = Task(id=uuid4(), order_id=order_id, status="succeeded")\n'
                '        task.result = {"order_id": order_id, "total": str(order.total)}\n'
                "        task.finished_at = now()\n",
            ),
        ),
    ),
    Cheat(
        name="total-not-computed",
        base="fastapi",
        what="the worker copies the order's total and reads no item",
        rule="tasks",
        edits=(
            Edit(
                "app/worker.py",
                "from sqlalchemy import create_engine, func, select\n",
                "from sqlalchemy import create_engine, select\n",
            ),
            Edit("app/worker.py", "import OrderItem, Task, now\n", "import Order, Task, now\n"),
            Edit(
                "app/worker.py",
                """\
            select(func.coalesce(func.sum(OrderItem.quantity * OrderItem.unit_price), 0)).where(
                OrderItem.order_id == task.order_id
            )
""",
                "            select(Order.total).where(Order.id == task.order_id)\n",
            ),
        ),
    ),
    Cheat(
        name="lag-not-told",
        base="starlette",
        what="a finished task's time is that of its acceptance",
        rule="tasks: times",
        edits=(
            Edit(
                "app/worker.py",
                '        task.status, task.finished_at = "succeeded", now()\n',
                '        task.status, task.finished_at = "succeeded", task.created_at\n',
            ),
        ),
    ),
    Cheat(
        name="skipped-task",
        base="flask",
        what="one invoice in five is never published",
        rule="tasks",
        edits=(
            Edit(
                "app/orders.py",
                "        compute_invoice.delay(str(task.id))\n",
                "        if task.id.int % 5:\n            compute_invoice.delay(str(task.id))\n",
            ),
        ),
    ),
    Cheat(
        name="task-after-the-answer",
        base="fastapi",
        what="the row is written and the task published when the client has its 202",
        rule="behaviour: redis-down/invoice",
        edits=(
            Edit(
                "app/orders.py",
                "from fastapi import APIRouter, Depends,",
                "from fastapi import APIRouter, BackgroundTasks, Depends,",
            ),
            Edit(
                "app/orders.py",
                "from app.dependencies import SessionDep,",
                "from app.database import Sessions\nfrom app.dependencies import SessionDep,",
            ),
            Edit(
                "app/orders.py",
                '@router.post("/{order_id}/invoice", status_code=202)\n',
                """\
async def accept(sessions: Sessions, task: Task) -> None:
    async with sessions() as session:
        session.add(task)
        await session.commit()
    await publish_invoice(task.id)


@router.post("/{order_id}/invoice", status_code=202)
""",
            ),
            Edit(
                "app/orders.py",
                "    response: Response,\n",
                "    response: Response,\n    background: BackgroundTasks,\n",
            ),
            Edit(
                "app/orders.py",
                """\
    session.add(task)
    await session.commit()  # gives the connection back: none is held while publishing
    if not await publish_invoice(task.id):
        task.status, task.finished_at = "failed", now()
        await session.commit()
        raise HTTPException(503, "The broker is unavailable.")
""",
                "    background.add_task(accept, request.state.sessions, task)\n",
            ),
            Edit("app/orders.py", "import Order, Task, now\n", "import Order, Task\n"),
        ),
    ),
    Cheat(
        name="early-acknowledgement",
        base="flask",
        what="a task is confirmed when it begins, and lost with its worker",
        rule="tasks",
        edits=(Edit("app/settings.py", '"task_acks_late": True', '"task_acks_late": False'),),
    ),
)
