"""Commands on this machine."""

import json
from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from levelbench.cli.app import app
from levelbench.lab.doctor import examination
from levelbench.lab.doctor.diagnosis import Diagnosis
from levelbench.model.config import Config


class TestDoctor:
    """Its checks have tests of their own; here, what becomes of them."""

    @pytest.fixture(autouse=True)
    def examined(self, monkeypatch: pytest.MonkeyPatch) -> list[Diagnosis]:
        """What the doctor finds."""
        found = [
            Diagnosis(code="load", name="Other load", found="none", grade="ok", effect="None.")
        ]

        def examine(config: Config, say: Callable[[str], None]) -> list[Diagnosis]:
            say("watching")
            return found

        monkeypatch.setattr(examination, "examine", examine)
        return found

    def test_its_table_goes_out_and_its_progress_beside_it(self) -> None:
        done = CliRunner().invoke(app, ["doctor"])
        assert done.exit_code == 0
        assert "Other load" in done.stdout
        assert "Trustworthy runs are possible on this machine." in done.stdout
        assert "watching" not in done.stdout
        assert "watching" in done.stderr

    def test_programs_get_json_and_nothing_else(self) -> None:
        done = CliRunner().invoke(app, ["doctor", "--json"])
        assert json.loads(done.stdout)["trustworthy"] is True

    @pytest.mark.parametrize(("required", "status"), [(False, 1), (True, 2)])
    def test_what_is_bad_is_the_status(
        self, examined: list[Diagnosis], required: bool, status: int
    ) -> None:
        examined[0] = examined[0].model_copy(update={"grade": "bad", "required": required})
        assert CliRunner().invoke(app, ["doctor"]).exit_code == status
        assert CliRunner().invoke(app, ["doctor", "--json"]).exit_code == status
