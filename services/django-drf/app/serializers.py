"""What the API accepts and answers: https://www.django-rest-framework.org/api-guide/serializers/"""

from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from app.models import Order, OrderItem, Task, User


class StringField(serializers.CharField):
    """A string and nothing else: REST framework's own field would turn 123 into "123" and trim."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class CredentialsSerializer(serializers.Serializer):
    username = StringField(validators=[RegexValidator(r"\A[a-z0-9_]{3,32}\Z")])
    password = StringField(min_length=8, max_length=128)


class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ("id", "username")


class OrderItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = OrderItem
        fields = ("id", "sku", "quantity", "unit_price")


class OrderSerializer(serializers.ModelSerializer):
    user = UserSerializer()
    items = OrderItemSerializer(many=True, source="item_list")

    class Meta:
        model = Order
        fields = ("id", "status", "total", "created_at", "user", "items")


class TaskSerializer(serializers.ModelSerializer):
    task_id = serializers.UUIDField(source="id")

    class Meta:
        model = Task
        fields = ("task_id", "status", "result")
