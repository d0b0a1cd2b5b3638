"""A URL shortener: create a link, follow it, and read how often it was followed."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

import asyncpg
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from app.database import create_pool

CODE_BYTES = 6
SCHEMES = ("http://", "https://")


class State(TypedDict):
    pool: asyncpg.Pool


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[State]:
    async with create_pool() as pool:
        yield {"pool": pool}


async def ready(request: Request) -> JSONResponse:
    await request.state.pool.fetchval("SELECT 1")
    return JSONResponse({"status": "ready"})


async def create_link(request: Request) -> JSONResponse:
    try:
        url = (await request.json())["url"]
    except (ValueError, KeyError, TypeError):
        url = None
    if not isinstance(url, str) or not url.startswith(SCHEMES):
        raise HTTPException(422, "url must begin with http:// or https://")
    code = secrets.token_urlsafe(CODE_BYTES)
    await request.state.pool.execute("INSERT INTO links (code, url) VALUES ($1, $2)", code, url)
    return JSONResponse({"code": code, "url": url}, 201, headers={"Location": f"/{code}"})


async def follow_link(request: Request) -> RedirectResponse:
    url = await request.state.pool.fetchval(
        "UPDATE links SET visits = visits + 1 WHERE code = $1 RETURNING url",
        request.path_params["code"],
    )
    if url is None:
        raise HTTPException(404)
    return RedirectResponse(url, 307)


async def read_link(request: Request) -> JSONResponse:
    link = await request.state.pool.fetchrow(
        "SELECT code, url, visits, created_at FROM links WHERE code = $1",
        request.path_params["code"],
    )
    if link is None:
        raise HTTPException(404)
    return JSONResponse({**link, "created_at": link["created_at"].isoformat()})


app = Starlette(
    routes=[
        Route("/readyz", ready),
        Route("/links", create_link, methods=["POST"]),
        Route("/links/{code}", read_link),
        Route("/{code}", follow_link),
    ],
    lifespan=lifespan,
)
