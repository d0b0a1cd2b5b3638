"""The report's tables as data; terminal, Markdown and HTML render the same ones."""
