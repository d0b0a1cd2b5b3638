"""Pages: https://django-ninja.dev/guides/response/pagination/"""

from typing import Any

from django.conf import settings
from django.core.paginator import EmptyPage, Paginator
from django.db.models import QuerySet
from django.http import Http404
from ninja import Schema
from ninja.pagination import PaginationBase

from app.models import Order
from app.schemas import OrderOut, PageNumber


class OrderPagination(PaginationBase):
    items_attribute = "results"

    class Input(Schema):
        page: PageNumber = 1

    class Output(Schema):
        results: list[OrderOut]
        page: int
        page_size: int
        total: int
        pages: int

    def paginate_queryset(
        self, queryset: QuerySet[Order], pagination: Input, **params: Any
    ) -> dict[str, Any]:
        paginator = Paginator(queryset, settings.PAGE_SIZE)
        try:
            page = paginator.page(pagination.page)
        except EmptyPage as error:
            raise Http404 from error
        return {
            "results": list(page),
            "page": page.number,
            "page_size": paginator.per_page,
            "total": paginator.count,
            # Django counts one empty page where there is nothing at all.
            "pages": paginator.num_pages if paginator.count else 0,
        }
