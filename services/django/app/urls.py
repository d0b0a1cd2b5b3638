from django.urls import path, register_converter
from django.urls.converters import UUIDConverter

from app import views

handler400 = "app.errors.bad_request"
handler404 = "app.errors.not_found"
handler500 = "app.errors.server_error"


class TaskIDConverter(UUIDConverter):
    """`<task_id:...>`: a UUID in either case; Django's own takes lower case only."""

    regex = UUIDConverter.regex.replace("a-f", "a-fA-F")


register_converter(TaskIDConverter, "task_id")

urlpatterns = [
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("api/v1/auth/register", views.register),
    path("api/v1/auth/login", views.login),
    path("api/v1/orders", views.list_orders),
    path("api/v1/orders/<int:order_id>", views.get_order),
    path("api/v1/orders/<int:order_id>/invoice", views.create_invoice),
    path("api/v1/tasks/<task_id:task_id>", views.get_task, name="get_task"),
]
