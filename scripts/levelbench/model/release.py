"""A comparison of two releases of one package, as run.json records it."""

from levelbench.model.base import Model


class Pin(Model):
    """A package's version in two lock files; None where a file does not have the package."""

    before: str | None
    after: str | None


class Release(Model):
    """One package in two versions, and the other pins that its versions force."""

    service: str
    """The contestant that has the package."""
    package: str
    from_version: str
    to_version: str
    direct: bool
    """Whether requirements.in lists the package."""
    differs: dict[str, Pin]
    """Other packages that differ between the two lock files."""
    shared: dict[str, Pin]
    """Packages that both lock files have in another version (after) than the contestant's own
    requirements.lock (before)."""
