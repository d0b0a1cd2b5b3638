"""The report in a real browser, opened from disk with the network cut."""
