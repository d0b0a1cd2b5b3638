"""The views: https://www.django-rest-framework.org/api-guide/viewsets/"""

from typing import Any

import redis
from django.conf import settings
from django.contrib.auth import check_password_with_timing_attack_mitigation
from django.db import DatabaseError, IntegrityError, InterfaceError, connection
from django.db.models import Prefetch
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.mixins import RetrieveModelMixin
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from app.exceptions import InvalidCredentials, PayloadTooLarge, Unavailable, UsernameTaken
from app.models import Order, Task, User
from app.security import create_access_token
from app.serializers import (
    CredentialsSerializer,
    OrderSerializer,
    TaskSerializer,
    UserSerializer,
)
from app.tasks import compute_invoice

redis_client = redis.Redis.from_url(
    settings.REDIS_URL,
    socket_connect_timeout=settings.BROKER_TIMEOUT_S,
    socket_timeout=settings.BROKER_TIMEOUT_S,
)


class LimitedBody:
    """Refuses a body by its declared length, after authentication and before anything reads it."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if int(request.headers.get("Content-Length") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise PayloadTooLarge


class PublicView(LimitedBody, APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)


def read_credentials(request: Request) -> dict[str, str]:
    if request.stream is None:
        raise ParseError("The body is empty.")
    serializer = CredentialsSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


class HealthView(PublicView):
    def get(self, request: Request) -> Response:
        return Response({"status": "ok"})


class ReadinessView(PublicView):
    def get(self, request: Request) -> Response:
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
            return Response({"status": "ready", "checks": checks})
        return Response({"status": "unavailable", "checks": checks}, status=503)


class RegisterView(PublicView):
    def post(self, request: Request) -> Response:
        credentials = read_credentials(request)
        try:
            user = User.objects.create_user(**credentials)
        except IntegrityError as error:
            raise UsernameTaken from error
        return Response(UserSerializer(user).data, status=201)


class LoginView(PublicView):
    def post(self, request: Request) -> Response:
        credentials = read_credentials(request)
        user = User.objects.filter(username=credentials["username"]).first()
        if not check_password_with_timing_attack_mitigation(user, credentials["password"]):
            raise InvalidCredentials
        return Response(
            {
                "access_token": create_access_token(user),
                "token_type": "bearer",
                "expires_in": settings.TOKEN_LIFETIME_S,
            }
        )


class OrderViewSet(LimitedBody, ReadOnlyModelViewSet):
    queryset = Order.objects.select_related("user").prefetch_related(
        Prefetch("items", to_attr="item_list")
    )
    serializer_class = OrderSerializer
    lookup_value_converter = "int"

    @action(detail=True, methods=["post"], url_path="invoice")
    def create_invoice(self, request: Request, pk: int) -> Response:
        if not Order.objects.filter(pk=pk).exists():
            raise NotFound
        task = Task.objects.create(order_id=pk)
        try:
            compute_invoice.delay(str(task.id))
        except BrokerError as error:
            task.status, task.finished_at = Task.Status.FAILED, timezone.now()
            task.save(update_fields=["status", "finished_at"])
            raise Unavailable from error
        return Response(
            {"task_id": task.id, "status": task.status},
            status=202,
            headers={"Location": reverse("task-detail", args=[task.id])},
        )


class TaskViewSet(LimitedBody, RetrieveModelMixin, GenericViewSet):
    queryset = Task.objects.all()
    serializer_class = TaskSerializer
    lookup_value_converter = "task_id"
