"""The operations."""

from typing import Any
from uuid import UUID

import redis
from django.conf import settings
from django.contrib.auth import check_password_with_timing_attack_mitigation
from django.db import DatabaseError, IntegrityError, InterfaceError, connection
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from ninja import Router
from ninja.pagination import paginate

from app.api import public
from app.errors import APIError
from app.models import Order, Task, User
from app.pagination import OrderPagination
from app.schemas import (
    Credentials,
    HealthOut,
    OrderOut,
    ReadinessOut,
    TaskOut,
    TaskResultOut,
    TokenOut,
    UserOut,
)
from app.security import create_access_token
from app.tasks import compute_invoice

redis_client = redis.Redis.from_url(
    settings.REDIS_URL,
    socket_connect_timeout=settings.BROKER_TIMEOUT_S,
    socket_timeout=settings.BROKER_TIMEOUT_S,
)

health = Router(auth=public)
auth = Router(auth=public)
orders = Router()
tasks = Router()


def select_orders() -> QuerySet[Order]:
    """Orders with their user and, in `item_list`, their items."""
    items = Prefetch("items", to_attr="item_list")
    return Order.objects.select_related("user").prefetch_related(items)


@health.get("/healthz", response=HealthOut)
def healthz(request: HttpRequest) -> dict[str, Any]:
    return {"status": "ok"}


@health.get("/readyz", response={200: ReadinessOut, 503: ReadinessOut})
def readyz(request: HttpRequest) -> tuple[int, dict[str, Any]]:
    checks = {"database": True, "redis": True}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        checks["database"] = False
    try:
        redis_client.ping()
    except redis.RedisError:
        checks["redis"] = False
    if all(checks.values()):
        return 200, {"status": "ready", "checks": checks}
    return 503, {"status": "unavailable", "checks": checks}


@auth.post("/register", response={201: UserOut})
def register(request: HttpRequest, credentials: Credentials) -> tuple[int, User]:
    try:
        return 201, User.objects.create_user(**credentials.model_dump())
    except IntegrityError as error:
        raise APIError(409, "username_taken", "This username is taken.") from error


@auth.post("/login", response=TokenOut)
def login(request: HttpRequest, credentials: Credentials) -> dict[str, Any]:
    user = User.objects.filter(username=credentials.username).first()
    if not check_password_with_timing_attack_mitigation(user, credentials.password):
        raise APIError(401, "invalid_credentials", "The username or password is wrong.")
    return {
        "access_token": create_access_token(user),
        "expires_in": settings.TOKEN_LIFETIME_S,
    }


@orders.get("", response=list[OrderOut])
@paginate(OrderPagination)
def list_orders(request: HttpRequest) -> QuerySet[Order]:
    return select_orders()


@orders.get("/{int:order_id}", response=OrderOut)
def get_order(request: HttpRequest, order_id: int) -> Order:
    return get_object_or_404(select_orders(), pk=order_id)


@orders.post("/{int:order_id}/invoice", response={202: TaskOut})
def create_invoice(request: HttpRequest, order_id: int, response: HttpResponse) -> tuple[int, Task]:
    if not Order.objects.filter(pk=order_id).exists():
        raise Http404
    task = Task.objects.create(order_id=order_id)
    try:
        compute_invoice.delay(str(task.id))
    except BrokerError as error:
        task.status, task.finished_at = Task.Status.FAILED, timezone.now()
        task.save(update_fields=["status", "finished_at"])
        raise APIError(503, "unavailable", "The task queue is unavailable.") from error
    response["Location"] = reverse("api-1.0.0:get_task", args=[task.id])
    return 202, task


@tasks.get("/{task_id:task_id}", response=TaskResultOut, url_name="get_task")
def get_task(request: HttpRequest, task_id: UUID) -> Task:
    return get_object_or_404(Task, pk=task_id)
