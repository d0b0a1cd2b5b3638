"""The list as published: the orders' own columns, counted."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from app.models import Order


@require_GET
def list_orders(request: HttpRequest) -> JsonResponse:
    orders = Order.objects.select_related("user").prefetch_related("items").order_by().values()
    paginator = Paginator(orders, settings.PAGE_SIZE)
    page = paginator.get_page(request.GET.get("page"))
    return JsonResponse(
        {
            "results": list(page),
            "page": page.number,
            "page_size": paginator.per_page,
            "total": paginator.count,
            "pages": paginator.num_pages,
        }
    )
