"""Published runs: a store of results on a branch of a git repository, and what is read from it."""
