"""The connection pool; as a program, it runs a file of SQL."""

import asyncio
import os
import sys
from pathlib import Path

import asyncpg

DATABASE_URL = os.environ["DATABASE_URL"]


def create_pool() -> asyncpg.Pool:
    return asyncpg.create_pool(DATABASE_URL, min_size=4, max_size=12)


async def run(file: Path) -> None:
    connection = await asyncpg.connect(DATABASE_URL)
    try:
        await connection.execute(file.read_text(encoding="utf-8"))
    finally:
        await connection.close()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1])))
