from django.urls import path, register_converter
from django.urls.converters import UUIDConverter

from app.api import api

handler400 = "app.errors.bad_request"
handler404 = "app.errors.not_found"
handler500 = "app.errors.server_error"


class TaskIDConverter(UUIDConverter):
    """`{task_id:...}`: a UUID in either case; Django's own takes lower case only."""

    regex = UUIDConverter.regex.replace("a-f", "a-fA-F")


register_converter(TaskIDConverter, "task_id")

api.add_router("", "app.views.health")
api.add_router("/api/v1/auth", "app.views.auth")
api.add_router("/api/v1/orders", "app.views.orders")
api.add_router("/api/v1/tasks", "app.views.tasks")

urlpatterns = [path("", api.urls)]
