"""The command line: each command parses its options and calls the packages that do the work."""
