"""Pages: https://www.django-rest-framework.org/api-guide/pagination/"""

import re
from typing import Any

from django.core.paginator import Paginator
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response


class OrderPagination(PageNumberPagination):
    def get_page_number(self, request: Request, paginator: Paginator) -> str:
        number = request.query_params.get(self.page_query_param, "1")
        if not re.fullmatch("0*[1-9][0-9]*", number):
            raise ValidationError({self.page_query_param: "Not a page number."})
        return number

    def get_paginated_response(self, data: list[dict[str, Any]]) -> Response:
        paginator = self.page.paginator
        return Response(
            {
                "results": data,
                "page": self.page.number,
                "page_size": paginator.per_page,
                "total": paginator.count,
                # Django counts one empty page where there is nothing at all.
                "pages": paginator.num_pages if paginator.count else 0,
            }
        )
