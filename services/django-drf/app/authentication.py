"""Who may ask: https://www.django-rest-framework.org/api-guide/authentication/"""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from app.errors import APIError
from app.models import User
from app.security import get_current_user


class BearerAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, None]:
        try:
            return get_current_user(request), None
        except APIError as error:
            raise AuthenticationFailed(str(error)) from error

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
