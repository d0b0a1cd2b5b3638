"""A declared feature needs a proof that passes."""

from types import SimpleNamespace
from typing import Any, cast

from levelbench.command import CommandError
from levelbench.model.included import Included
from levelbench.verify.parity import included
from levelbench.verify.parity.ground import Ground


def entry(what: str, proof: str) -> Included:
    return Included.model_validate(
        {"what": what, "by": "flask", "how": "h", "proof": proof, "source": "https://example.org/x"}
    )


class FakeGround:
    """A container in which the proofs of `broken` fail with these last lines."""

    def __init__(self, *entries: Included, broken: dict[str, tuple[str, ...]]) -> None:
        self.spec = SimpleNamespace(included=entries)
        self.broken = broken
        self.ran: list[str] = []
        self.lines: list[tuple[str, str, str, str]] = []

    def exec(self, script: str) -> str:
        self.ran.append(script)
        for proof, output in self.broken.items():
            if proof in script:
                raise CommandError("`docker exec` failed: x", output=output)
        return ""

    def record(self, *line: str) -> None:
        self.lines.append(cast(Any, line))


def audit(*entries: Included, **broken: tuple[str, ...]) -> FakeGround:
    ground = FakeGround(*entries, broken=broken)
    included.audit(cast(Ground, ground))
    return ground


def test_each_proof_is_run_and_ends_at_its_first_failure() -> None:
    ground = audit(entry("admin", "one"), entry("migrations", "two"))
    assert ground.ran == ["set -e\none", "set -e\ntwo"]
    assert ground.lines == [
        ("included", "admin", "proof passes", "proof passes"),
        ("included", "migrations", "proof passes", "proof passes"),
    ]


def test_a_failed_proof_shows_its_last_line_and_the_others_still_run() -> None:
    ground = audit(
        entry("admin", "one"), entry("migrations", "two"), one=("Traceback", "ImportError: no\n")
    )
    assert [line[3] for line in ground.lines] == ["proof fails: ImportError: no", "proof passes"]


def test_a_failed_proof_without_output_shows_the_error() -> None:
    ground = audit(entry("admin", "one"), one=())
    assert ground.lines[0][3] == "proof fails: `docker exec` failed: x"


def test_a_contestant_that_declares_nothing_has_no_line() -> None:
    assert audit().lines == []
