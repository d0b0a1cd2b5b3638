"""The statements of the order endpoints."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.models import Order
from app.settings import PAGE_SIZE

# One statement for the orders with their users, one for the items of all of them.
WITH_USER_AND_ITEMS = (joinedload(Order.user, innerjoin=True), selectinload(Order.items))


def count_orders(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Order)) or 0


def orders_on_page(session: Session, page: int) -> Sequence[Order]:
    """The orders of a page, newest first."""
    orders = session.scalars(
        select(Order)
        .options(*WITH_USER_AND_ITEMS)
        .order_by(Order.created_at.desc(), Order.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return orders.all()


def order_by_id(session: Session, order_id: int) -> Order | None:
    return session.get(Order, order_id, options=WITH_USER_AND_ITEMS)
