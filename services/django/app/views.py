"""The handlers."""

import json
import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import redis
from django.conf import settings
from django.contrib.auth import check_password_with_timing_attack_mitigation
from django.core.paginator import EmptyPage, Paginator
from django.db import DatabaseError, IntegrityError, InterfaceError, connection
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from kombu.exceptions import OperationalError as BrokerError

from app.errors import APIError
from app.forms import CredentialsForm
from app.models import Order, Task, User
from app.security import bearer_required, create_access_token, limit_body
from app.tasks import compute_invoice

redis_client = redis.Redis.from_url(
    settings.REDIS_URL,
    socket_connect_timeout=settings.BROKER_TIMEOUT_S,
    socket_timeout=settings.BROKER_TIMEOUT_S,
)


def invalid_input(fields: Iterable[str] = ()) -> APIError:
    return APIError(422, "validation_error", "A field is missing or invalid.", fields)


def read_credentials(request: HttpRequest) -> dict[str, str]:
    try:
        data = json.loads(request.body.decode())
    except (ValueError, RecursionError) as error:
        raise APIError(400, "malformed_json", "The body is not valid JSON.") from error
    if not isinstance(data, dict):
        raise invalid_input()
    form = CredentialsForm(data)
    if not form.is_valid():
        raise invalid_input(form.errors)
    return form.cleaned_data


def select_orders() -> QuerySet[Order]:
    """Orders with their user and, in `item_list`, their items."""
    items = Prefetch("items", to_attr="item_list")
    return Order.objects.select_related("user").prefetch_related(items)


def serialize_order(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "status": order.status,
        "total": order.total,
        "created_at": order.created_at,
        "user": {"id": order.user.id, "username": order.user.username},
        "items": [
            {
                "id": item.id,
                "sku": item.sku,
                "quantity": item.quantity,
                "unit_price": item.unit_price,
            }
            for item in order.item_list
        ],
    }


@require_GET
@limit_body
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@require_GET
@limit_body
def readyz(request: HttpRequest) -> JsonResponse:
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
    ready = all(checks.values())
    return JsonResponse(
        {"status": "ready" if ready else "unavailable", "checks": checks},
        status=200 if ready else 503,
    )


@require_POST
def register(request: HttpRequest) -> JsonResponse:
    credentials = read_credentials(request)
    try:
        user = User.objects.create_user(**credentials)
    except IntegrityError as error:
        raise APIError(409, "username_taken", "This username is taken.") from error
    return JsonResponse({"id": user.id, "username": user.username}, status=201)


@require_POST
def login(request: HttpRequest) -> JsonResponse:
    credentials = read_credentials(request)
    user = User.objects.filter(username=credentials["username"]).first()
    if not check_password_with_timing_attack_mitigation(user, credentials["password"]):
        raise APIError(401, "invalid_credentials", "The username or password is wrong.")
    return JsonResponse(
        {
            "access_token": create_access_token(user),
            "token_type": "bearer",
            "expires_in": settings.TOKEN_LIFETIME_S,
        }
    )


@require_GET
@bearer_required
@limit_body
def list_orders(request: HttpRequest) -> JsonResponse:
    number = request.GET.get("page", "1")
    if not re.fullmatch("0*[1-9][0-9]*", number):
        raise invalid_input(["page"])
    paginator = Paginator(select_orders(), settings.PAGE_SIZE)
    try:
        page = paginator.page(int(number))
    except EmptyPage as error:
        raise Http404 from error
    return JsonResponse(
        {
            "results": [serialize_order(order) for order in page],
            "page": page.number,
            "page_size": paginator.per_page,
            "total": paginator.count,
            # Django counts one empty page where there is nothing at all.
            "pages": paginator.num_pages if paginator.count else 0,
        }
    )


@require_GET
@bearer_required
@limit_body
def get_order(request: HttpRequest, order_id: int) -> JsonResponse:
    return JsonResponse(serialize_order(get_object_or_404(select_orders(), pk=order_id)))


@require_POST
@bearer_required
@limit_body
def create_invoice(request: HttpRequest, order_id: int) -> JsonResponse:
    if not Order.objects.filter(pk=order_id).exists():
        raise Http404
    task = Task.objects.create(order_id=order_id)
    try:
        compute_invoice.delay(str(task.id))
    except BrokerError as error:
        task.status = Task.Status.FAILED
        task.finished_at = timezone.now()
        task.save(update_fields=["status", "finished_at"])
        raise APIError(503, "unavailable", "The task queue is unavailable.") from error
    return JsonResponse(
        {"task_id": task.id, "status": task.status},
        status=202,
        headers={"Location": reverse("get_task", args=[task.id])},
    )


@require_GET
@bearer_required
@limit_body
def get_task(request: HttpRequest, task_id: UUID) -> JsonResponse:
    task = get_object_or_404(Task, pk=task_id)
    return JsonResponse({"task_id": task.id, "status": task.status, "result": task.result})
