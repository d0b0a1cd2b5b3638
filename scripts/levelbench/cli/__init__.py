"""The command line's commands, each a few lines: what they do is elsewhere."""
