"""Wait for containers: until one is ready, until one has ended. Every wait has a deadline."""

import time

from levelbench.lab.site import (
    ContainerFailedError,
    ContainerGoneError,
    ContainerState,
    EngineError,
    NoContainerError,
    Role,
    Site,
)

POLL_S = 0.05
"""Between two looks at a container that is starting: cold starts are that exact."""
END_POLL_S = 0.1
"""Between two looks at a container that is ending."""


def state(site: Site, role: Role) -> ContainerState:
    """The state of a role that has one container. Raises NoContainerError."""
    found = site.states(role)
    if not found:
        raise NoContainerError(role)
    return found[0]


def is_running(site: Site, role: Role) -> bool:
    """Whether all containers of a role run. Raises NoContainerError."""
    found = site.states(role)
    if not found:
        raise NoContainerError(role)
    return all(one.running for one in found)


def text(site: Site, role: Role, *, stdout: bool = True, stderr: bool = True) -> str:
    """What the containers of a role have written, one after the other."""
    return "".join(site.logs(role, stdout=stdout, stderr=stderr))


def wait_ready(site: Site, *roles: Role, timeout_s: float, poll_s: float = POLL_S) -> None:
    """Wait until the health check of each role passes.

    Raises ContainerGoneError when a container exits, EngineError after `timeout_s`.
    """
    deadline = time.monotonic() + timeout_s
    for role in roles:
        while not site.ready(role):
            found = state(site, role)
            if not found.running:
                raise ContainerGoneError(f"{role} {found.end}{_last_line(site, role)}").of(role)
            if time.monotonic() > deadline:
                raise EngineError(
                    f"{role} was not ready within {timeout_s:g} s{_last_line(site, role)}"
                ).of(role)
            time.sleep(poll_s)


def wait_ended(site: Site, role: Role, timeout_s: float) -> int:
    """Wait until every container of a role has ended; the first exit status that is not 0, or 0.

    Raises EngineError after `timeout_s`.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        found = site.states(role)
        if not found:
            raise NoContainerError(role)
        if not any(one.running for one in found):
            return next((one.exit_code for one in found if one.exit_code), 0)
        if time.monotonic() > deadline:
            raise EngineError(f"{role} did not end within {timeout_s:g} s")
        time.sleep(END_POLL_S)


def run_to_end(
    site: Site, role: Role, timeout_s: float, *, called: str = "", **variables: str
) -> None:
    """Run a role's container to its end and remove it; `called` in place of the role in errors.

    Raises ContainerFailedError with its last lines when it fails, EngineError after `timeout_s`.
    """
    site.up(role, **variables)
    try:
        status = wait_ended(site, role, timeout_s)
        lines = [line for line in text(site, role).splitlines() if line.strip()]
    finally:
        site.remove(role)
    if status:
        last = lines[-1].strip()[:300] if lines else "it wrote nothing"
        cause = f"{called or role} exited with status {status}: {last}"
        raise ContainerFailedError(cause, lines[-20:]).of(role)


def _last_line(site: Site, role: Role) -> str:
    lines = [line for line in text(site, role).splitlines() if line.strip()]
    return f"; its last line: {lines[-1][:300]}" if lines else ""
