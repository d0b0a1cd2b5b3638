"""The article's claims against the measurement."""
