"""Judge the claims of a published comparison by a run."""
