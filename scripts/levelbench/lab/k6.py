"""k6 load generator in one container at the contestant's site."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from levelbench.errors import LabError
from levelbench.lab import waiting
from levelbench.lab.meters.sampler import Source
from levelbench.lab.site import ContainerGoneError, EngineError, Site
from levelbench.load.generator import Assignment, User
from levelbench.load.parser import parse_summary
from levelbench.load.schedule import Turn
from levelbench.load.summary import SUMMARY_FILE, Summary


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
        turns, origin_epoch_ms = assignment.turns, assignment.origin_epoch_ms
        unchecked = {endpoint: list(names) for endpoint, names in assignment.unchecked.items()}
        self.site.up(
            "k6",
            **assignment.parameters.variables(),
            SEED=str(assignment.seed),
            TRIAL=assignment.prefix,
            USERS=json.dumps(assignment.users),
            **({"TURNS": _turns_json(turns, origin_epoch_ms)} if turns else {}),
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
            status = waiting.state(self.site, "k6").exit_code
            raise EngineError(f"k6 ended with status {status}: {error}") from None


def _turns_json(turns: Sequence[Turn], origin_epoch_ms: int) -> str:
    """Turns as k6/lib reads them: milliseconds since the origin."""
    shown = [
        {
            "start_ms": round(turn.start_s * 1e3),
            "measure_ms": round(turn.measure_s * 1e3),
            "end_ms": round(turn.end_s * 1e3),
            "until_ms": round(turn.until_s * 1e3),
        }
        for turn in turns
    ]
    return json.dumps({"origin_epoch_ms": origin_epoch_ms, "turns": shown})
