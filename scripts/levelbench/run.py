"""A run under way: its record grows, and its folder is consistent at every moment."""

from dataclasses import dataclass, field
from pathlib import Path

from levelbench.files import save
from levelbench.records import RUN_FILE, RunRecord, TrialRecord


@dataclass
class OngoingRun:
    """A run, and the folder that its evidence goes to."""

    folder: Path
    record: RunRecord
    trials: list[TrialRecord] = field(default_factory=list)
    interrupted: bool = False

    def update(self, **changes: object) -> None:
        """Change the record and save it."""
        self.record = self.record.model_copy(update=changes)
        save(self.folder / RUN_FILE, self.record)

    def update_service(self, name: str, **changes: object) -> None:
        """Change what is recorded of one service and save it."""
        services = dict(self.record.services)
        services[name] = services[name].model_copy(update=changes)
        self.update(services=services)

    def point_latest(self) -> None:
        """Let `latest`, beside the folder, point at this run."""
        temporary = self.folder.parent / f".latest-{self.folder.name}"
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(self.folder.name)
        temporary.replace(self.folder.parent / "latest")
