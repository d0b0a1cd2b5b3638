"""Contestants that cheat, and the rule that each of them breaks."""

from tests.full.cheats import access, caching, reading, server, variants, work
from tests.full.cheats.cheat import Cheat

CHEATS: tuple[Cheat, ...] = (
    *caching.CHEATS,
    *reading.CHEATS,
    *access.CHEATS,
    *server.CHEATS,
    *work.CHEATS,
    *variants.CHEATS,
)
