"""The router, which matches paths to the letter."""

import re
from typing import Any

from blacksheep import Request, Response
from blacksheep.exceptions import HTTPException, NotFound
from blacksheep.server.routing import Route, RouteMatch, Router


class ExactRoute(Route):
    """A route that a trailing slash or capital letters do not match, as in BlackSheep's own."""

    def _get_regex_for_pattern(self, pattern: bytes) -> tuple[re.Pattern[bytes], list[bytes]]:
        rx, param_names = super()._get_regex_for_pattern(pattern)
        return re.compile(rx.pattern.removesuffix(b"/?$") + b"$"), param_names

    def match_by_path(self, path: bytes) -> RouteMatch | None:
        match = self.rx.match(path)
        return RouteMatch(self, match.groupdict()) if match else None


class ExactRouter(Router):
    def create_route(self, pattern: str | bytes, handler: Any, filters: Any = None) -> Route:
        self.mark_handler(handler)
        return ExactRoute(self._get_pattern(pattern), handler)


router = ExactRouter()
get, post = router.get, router.post


async def refuse(request: Request) -> Response:
    """Answer a request that no route matches: with 405 if one does for another method."""
    if any(route.match(request) for routes in router.routes.values() for route in routes):
        raise HTTPException(405, "Method Not Allowed")
    raise NotFound
