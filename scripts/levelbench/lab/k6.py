"""k6 load generator in one container at the contestant's site."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True)
class K6:
    """k6 at one site. It is a `LoadGenerator`."""

    site: Site

    def log_in(self, users: int, password: str, *, register: bool, timeout_s: float) -> list[User]:
        """Raises ContainerGoneError when the contestant ended, EngineError when k6 fails."""
        self.site.up(
            "k6",
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
                raise ContainerGoneError(f"the contestant {service.end} as users logged in")
            reason = lines[-1] if lines else f"k6 exited with status {status}"
            raise EngineError(f"the load's users could not be created: {reason}")
        try:
            found: list[User] = json.loads(output)["users"]
        except (ValueError, LookupError, TypeError):
            raise EngineError("the load's users could not be read from k6's output") from None
        return found

    def start(self, assignment: Assignment) -> Source:
        """One instance, which has the whole load."""
        unchecked = {endpoint: list(names) for endpoint, names in assignment.unchecked.items()}
        self.site.up(
            "k6",
            **assignment.parameters.variables(),
            SEED=str(assignment.seed),
            TRIAL=assignment.prefix,
            USERS=json.dumps(assignment.users),
            **({"GATE": assignment.gate} if assignment.gate else {}),
            **({"UNCHECKED": json.dumps(unchecked)} if unchecked else {}),
        )
        (source,) = self.site.sources("k6")
        return source

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
