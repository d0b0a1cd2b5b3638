"""Docker Compose: the container engine of one machine."""
