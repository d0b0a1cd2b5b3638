# ruff: noqa: RUF012 - Django's Meta is written with lists
"""The tables."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str) -> "User":
        """Insert a user; `django.db.IntegrityError` if the name is taken."""
        return self.create(username=username, password=make_password(password))


class User(AbstractBaseUser):
    username = models.CharField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now)
    last_login = None

    objects = UserManager()

    USERNAME_FIELD = "username"

    class Meta:
        db_table = "users"
        constraints = [
            # `unique=True` would add a second index, for LIKE.
            models.UniqueConstraint(fields=["username"], name="users_username_key"),
        ]


class WholeSecondsField(models.DateTimeField):
    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "timestamp(0) with time zone"


class Order(models.Model):
    id = models.BigIntegerField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="orders")
    status = models.CharField(max_length=16)
    total = models.DecimalField(max_digits=12, decimal_places=2)
    created_at = WholeSecondsField()

    class Meta:
        db_table = "orders"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="orders_created_at_id_idx"),
        ]


class OrderItem(models.Model):
    id = models.BigIntegerField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="items")
    sku = models.CharField(max_length=32)
    quantity = models.IntegerField()
    unit_price = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        db_table = "order_items"
        ordering = ["id"]


class Task(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    order_id = models.BigIntegerField()
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tasks"
