"""A small application whose metrics can be counted by hand."""

from pathlib import Path
from textwrap import dedent

ORDERS = '''\
"""Orders."""

from app import errors
from app.models import Order, now
from .serializers import order_json

PAGE_SIZE = 20  # orders


# A helper that only the list has.
def read_page(text: str) -> int:
    """The page asked for."""
    if not text.isdigit():

        raise errors.invalid("page")
    return int(text)


def list_orders(request):
    page = read_page(request.page)
    # Newest first.
    found = Order.page(page, PAGE_SIZE) if page else []
    return [order_json(order) for order in found if order.paid or order.free]


def get_order(request):
    order = Order.get(request.id)
    if order is None:
        raise errors.not_found()
    return order_json(order)


def create_invoice(request):
    errors.require(request)
    return Order.get(request.id), now()


def unused():
    """Nobody names it."""
'''
MODELS = '''\
"""Models."""

from typing import Annotated


class Order:
    """An order."""

    items: Annotated[list["Item"], "all"]

    def get(self, id):
        return self if id else None


class Item:
    pass


def now():
    return 0
'''
SERIALIZERS = """\
def order_json(order):
    return {"id": order.id}
"""
ERRORS = """\
def not_found(): return 404
def invalid(field): return 422
def require(request): return None
"""
AUTH = """\
import functools

from app.errors import require
from app.orders import now


def counted[**P, R](call):
    @functools.wraps(call)
    def wrapper(*args, **kwargs):
        return call(*args, **kwargs) or None
    return wrapper


@counted
@counted
async def register(request):
    require(request)
    match request.kind:
        case "a" | "b":
            return now()
        case _:
            return f"{"nested" + request}"


@counted
def login(request):
    require(request)
    not_found = request.get(now=1).register
    return not_found
"""


def write_app(folder: Path, **changes: str) -> Path:
    """A contestant's folder with app/ and its requirements; `changes` are other texts by module."""
    files = {
        "__init__": "",
        "auth": AUTH,
        "errors": ERRORS,
        "models": MODELS,
        "orders": ORDERS,
        "serializers": SERIALIZERS,
    } | changes
    for name, text in files.items():
        path = folder / "app" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    migration = folder / "app" / "migrations" / "0001_initial.py"
    migration.parent.mkdir(exist_ok=True)
    migration.write_text("import x\nx.create()\n")
    (folder / "requirements.in").write_text(
        dedent("""\
        # The framework
        example>=1  # and nothing else
        drivers[binary]
        """)
    )
    (folder / "requirements.lock").write_text(
        dedent("""\
        # made by a tool
        --index-strategy first-index
        drivers==2.0 \\
            --hash=sha256:aa
        Example==1.0 \\
            --hash=sha256:bb \\
            --hash=sha256:cc
        theirs==3.1 ; python_version >= "3.9" and implementation_name != 'PyPy' \\
            --hash=sha256:dd
        tzdata==2026.1 ; sys_platform == 'win32' \\
            --hash=sha256:ee
        """)
    )
    return folder
