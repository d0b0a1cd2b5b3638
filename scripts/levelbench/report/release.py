"""Sentences of a comparison of two releases: which versions differ, and which both sides share."""

from levelbench.model.release import Pin, Release
from levelbench.report.words import join


def sentences(release: Release | None) -> tuple[str, ...]:
    """None for a run that compares no releases."""
    if release is None:
        return ()
    package = release.package
    own = _moved(package, Pin(before=release.from_version, after=release.to_version))
    if release.differs:
        forced = join([_moved(name, pin) for name, pin in release.differs.items()])
        texts = [f"The two sides differ in {own}, and in what this forces: {forced}."]
    else:
        texts = [f"The two sides differ in {own} and in no other package."]
    if release.shared:
        shared = join([_moved(name, pin) for name, pin in release.shared.items()])
        texts.append(f"Both differ from requirements.lock in what {package} forces: {shared}.")
    if not release.direct:
        texts.append(f"{package} is an indirect dependency: requirements.in does not list it.")
    return tuple(texts)


def _moved(name: str, pin: Pin) -> str:
    """`starlette 0.52.1 -> 1.0.0`."""
    return f"{name} {pin.before or 'none'} -> {pin.after or 'none'}"
