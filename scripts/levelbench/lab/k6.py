"""k6 load generator in one container at the contestant's site."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from levelbench.contestants.extension import ContestantError
from levelbench.errors import LabError
from levelbench.lab import waiting
from levelbench.lab.meters.sampler import Source
from levelbench.lab.site import ContainerGoneError, EngineError, Site
from levelbench.lab.turns import GateError
from levelbench.load.generator import Assignment, User
from levelbench.load.parser import parse_summary
from levelbench.load.summary import SUMMARY_FILE, Summary

GATE_LOST = "the gate between the turns"
"""What k6/lib/turns.js ends k6 with."""

REFUSED = re.compile("could not (register|sign in)")
"""What k6/prepare.js says where the contestant's answer is not the expected one."""

JOURNEY_REMEDY = "Correct it: docs/your-own-service.md describes the file."
LOGGED = re.compile(r'level=error msg="((?:[^"\\]|\\.)*)"')
"""An error in k6's log."""
BEGINNING = re.compile(
    r"(?:could not initialize .*try_journey\.js': )?(?:file:///k6/guest/journey\.js: )?(?:Error: )?"
)
"""What it says before the cause."""
TRACED = re.compile(r"file:///k6/guest/journey\.js:(\d+)")
"""A line of the journey in a trace."""

USERS_PART = 120_000
"""Characters of each variable that the users are handed over in: the kernel allows 128 KiB for one
string (Linux: MAX_ARG_STRLEN)."""
USERS_VARIABLES = ("USERS", *(f"USERS_{number}" for number in range(1, 10)))
VARIABLES = (
    *("SEED", "VUS", "WARMUP_S", "MEASURE_S", "WEIGHTS", "TRIAL", "ORDERS", "RATE", "ARRIVALS"),
    *("GATE", "SLICES", "UNCHECKED", "STEPS", "STEP_WARMUP_S", "STEP_MEASURE_S", "OBJECTIVE_MS"),
    *("VISIT", "DISTURBANCE", "ERROR_RATE_MAX", "REGISTER", "USERS_COUNT", "PASSWORD"),
    *USERS_VARIABLES,
)
"""Every variable that k6's scripts read. All are always given, those that are not used empty: one
that is not given would be the user's variable of this name."""


def users_variables(users: Sequence[User]) -> dict[str, str]:
    """The users as JSON, in as many variables as it needs. Raises LabError where those end."""
    text = json.dumps(users)
    parts = [text[start : start + USERS_PART] for start in range(0, len(text), USERS_PART)]
    if len(parts) > len(USERS_VARIABLES):
        raise LabError(
            f"{len(users)} users with their tokens have {len(text):,} characters; the load "
            f"generator takes {USERS_PART * len(USERS_VARIABLES):,}",
            "Set load.users in levelbench.toml lower, or issue shorter tokens.",
        )
    return dict(zip(USERS_VARIABLES, parts, strict=False))


@dataclass(frozen=True)
class K6:
    """k6 at one site. It is a `LoadGenerator`."""

    site: Site

    def log_in(self, users: int, password: str, *, register: bool, timeout_s: float) -> list[User]:
        """Raises ContainerGoneError when the contestant ended, EngineError when k6 fails."""
        self._up(
            K6_SCRIPT="prepare.js",
            REGISTER="1" if register else "0",
            USERS_COUNT=str(users),
            PASSWORD=password,
        )
        status = waiting.wait_ended(self.site, "k6", timeout_s)
        output = waiting.text(self.site, "k6", stderr=False)
        lines = waiting.text(self.site, "k6", stdout=False).strip().splitlines()
        self.site.remove("k6")
        if status:
            service = waiting.state(self.site, "service")
            if not service.running:
                cause = f"the contestant {service.end} as users logged in"
                raise ContainerGoneError(cause).of("service")
            reason = lines[-1] if lines else f"k6 exited with status {status}"
            failure = EngineError(f"the load's users could not be created: {reason}")
            # What k6/prepare.js says of an answer; without one, k6 itself failed.
            raise failure.of("service" if REFUSED.search(reason) else "k6")
        try:
            found: list[User] = json.loads(output)["users"]
        except (ValueError, LookupError, TypeError):
            raise EngineError("the load's users could not be read from k6's output") from None
        users_variables(found)  # raises now what would end every trial
        return found

    def try_journey(self, journey: Path, timeout_s: float) -> None:
        """Raises ContestantError, which names the file and what is wrong with it or failed."""
        shown = "/".join(journey.parts[-3:])  # services/<name>/journey.js
        if not journey.is_file():
            raise ContestantError(f"{shown} is missing", JOURNEY_REMEDY)
        self._up(K6_SCRIPT="try_journey.js", JOURNEY=str(journey))
        status = waiting.wait_ended(self.site, "k6", timeout_s)
        output = waiting.text(self.site, "k6", stderr=False)
        log = waiting.text(self.site, "k6", stdout=False)
        self.site.remove("k6")
        try:
            failed: list[str] = json.loads(output)["failed"]
        except (ValueError, LookupError, TypeError):
            reason = _first_error(log) or f"k6 exited with status {status}"
            raise ContestantError(f"{shown}: {reason}", JOURNEY_REMEDY) from None
        if failed:
            more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
            raise ContestantError(f"{shown}: {failed[0]}{more}", JOURNEY_REMEDY)

    def start(self, assignment: Assignment) -> Source:
        """One instance, which has the whole load."""
        unchecked = {endpoint: list(names) for endpoint, names in assignment.unchecked.items()}
        self._up(
            **assignment.parameters.variables(),
            SEED=str(assignment.seed),
            TRIAL=assignment.prefix,
            GATE=assignment.gate or "",
            UNCHECKED=json.dumps(unchecked) if unchecked else "",
            **({"JOURNEY": str(assignment.journey)} if assignment.journey else {}),
            **users_variables(assignment.users),
        )
        (source,) = self.site.sources("k6")
        return source

    def _up(self, **variables: str) -> None:
        self.site.up("k6", **{**dict.fromkeys(VARIABLES, ""), **variables})

    def running(self) -> bool:
        return waiting.is_running(self.site, "k6")

    def wait(self, timeout_s: float) -> None:
        waiting.wait_ended(self.site, "k6", timeout_s)

    def outputs(self) -> Mapping[str, str]:
        return {SUMMARY_FILE: waiting.text(self.site, "k6", stderr=False)}

    def summary(self, outputs: Mapping[str, str]) -> Summary:
        (output,) = outputs.values()
        try:
            return parse_summary(output)
        except LabError as error:
            log = waiting.text(self.site, "k6", stdout=False)
            if GATE_LOST in log:
                raise GateError(f"a load generator lost {GATE_LOST}") from None
            status = waiting.state(self.site, "k6").exit_code
            raise EngineError(f"k6 ended with status {status}: {error}") from None


def _first_error(log: str) -> str:
    """The first error of k6's log, with the line of the journey where a trace names it."""
    found = LOGGED.search(log)
    if found is None:
        return ""
    first, _, trace = found[1].replace('\\"', '"').partition("\\n")
    line = TRACED.search(trace)
    return f"{f'line {line[1]}: ' if line else ''}{BEGINNING.sub('', first, count=1)}".rstrip(".")
