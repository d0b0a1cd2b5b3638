from django.urls import include, path, register_converter
from django.urls.converters import UUIDConverter
from rest_framework.routers import SimpleRouter

from app import views

handler400 = "app.errors.bad_request"
handler404 = "app.errors.not_found"
handler500 = "app.errors.server_error"


class TaskIDConverter(UUIDConverter):
    """`<task_id:...>`: a UUID in either case; Django's own takes lower case only."""

    regex = UUIDConverter.regex.replace("a-f", "a-fA-F")


register_converter(TaskIDConverter, "task_id")

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("orders", views.OrderViewSet)
router.register("tasks", views.TaskViewSet)

urlpatterns = [
    path("healthz", views.HealthView.as_view()),
    path("readyz", views.ReadinessView.as_view()),
    path("api/v1/auth/register", views.RegisterView.as_view()),
    path("api/v1/auth/login", views.LoginView.as_view()),
    path("api/v1/", include(router.urls)),
]
