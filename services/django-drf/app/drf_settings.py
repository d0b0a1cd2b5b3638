"""The settings of Django, and those of Django REST framework.

https://www.django-rest-framework.org/api-guide/settings/
"""

from app.settings import *  # noqa: F403  Django reads every setting from one module
from app.settings import INSTALLED_APPS, MIDDLEWARE, PAGE_SIZE

INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework"]
MIDDLEWARE = [name for name in MIDDLEWARE if name != "app.errors.ErrorMiddleware"]

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["app.negotiation.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "app.negotiation.IgnoreClientContentNegotiation",
    "DEFAULT_AUTHENTICATION_CLASSES": ["app.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "app.pagination.OrderPagination",
    "PAGE_SIZE": PAGE_SIZE,
    "EXCEPTION_HANDLER": "app.exceptions.exception_handler",
    # django.contrib.auth is not installed, and with it no AnonymousUser.
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
