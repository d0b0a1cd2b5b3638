"""Count instructions per request with callgrind: a cost that other load does not change."""
