"""What the nightly workflow needs: the name of a series and its last run."""
