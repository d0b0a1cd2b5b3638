"""Store of published runs: one folder per run on a branch of a git repository, only ever added to.

No working tree is touched, so that a bare repository works too. `git push` shares the branch.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from levelbench.analysis.text import display_name
from levelbench.command import CommandError
from levelbench.contestants.git import git
from levelbench.errors import LabError
from levelbench.model.files import ResultsError, parse, to_json
from levelbench.model.folder import Run
from levelbench.model.results import RESULTS_FILE, Results, current, load_results
from levelbench.model.run import RUN_FILE, RunRecord, load_run_record
from levelbench.model.store import INDEX_FILE, RUNS_FOLDER, Entry, Index

BRANCH = "results"
REPORT_FILE = "report.html"
FILES = (RESULTS_FILE, RUN_FILE, REPORT_FILE)
"""What the store keeps of a run."""
_IDENTITY = ("-c", "user.name=Levelbench", "-c", "user.email=levelbench@localhost")
_NO_COMMIT = "0" * 40
_NAME = re.compile(r"\w[\w.-]*")


class StoreError(LabError):
    """A run that cannot be published, or a branch that is not a store."""


@dataclass(frozen=True)
class Published:
    """A published run: all but its trials."""

    entry: Entry
    results: Results
    record: RunRecord

    @property
    def run(self) -> Run:
        """As the report takes it."""
        return Run(record=self.record, trials=())

    @property
    def compares(self) -> bool:
        """Whether it compares contestants, and not one with itself or values of a setting."""
        return not self.record.choices.paired and self.results.sweep is None

    @cached_property
    def contestants(self) -> tuple[str, ...]:
        """Their names, as far as these can be a part of an address."""
        services = self.results.services.items()
        return tuple(
            name for name, own in services if own.role == "contestant" and _NAME.fullmatch(name)
        )

    def display_name(self, service: str) -> str:
        return display_name(self.results, service)


@dataclass(frozen=True)
class Store:
    """The store on a branch of a repository, which may be bare."""

    repository: Path
    branch: str = BRANCH

    @property
    def ref(self) -> str:
        return f"refs/heads/{self.branch}"

    def index(self) -> Index:
        """Every published run; none where the branch does not exist. Raises LabError."""
        head = self._head()
        if head is None:
            return Index()
        try:
            text = self._git("show", f"{head}:{INDEX_FILE}")
        except CommandError:
            raise StoreError(
                f"the branch {self.branch} of {self.repository} has no {INDEX_FILE}",
                "It is another branch: name one with --branch.",
            ) from None
        return parse(json.loads(text), Index, Path(f"{self.branch}:{INDEX_FILE}"))

    def published(self) -> tuple[Published, ...]:
        """Every published run, by the time of its start. Raises LabError."""
        return tuple(self._published(entry) for entry in self.index().runs)

    def _published(self, entry: Entry) -> Published:
        if not _NAME.fullmatch(entry.run_id):
            raise StoreError(f"the store has a run id {entry.run_id!r}, which is a path")
        place = Path(f"{self.branch}:{RUNS_FOLDER}", entry.run_id)
        # Its schema was checked when it was published.
        results = current(json.loads(self.read(entry.run_id, RESULTS_FILE)))
        record = json.loads(self.read(entry.run_id, RUN_FILE))
        return Published(
            entry,
            parse(results, Results, place / RESULTS_FILE),
            parse(record, RunRecord, place / RUN_FILE),
        )

    def read(self, run_id: str, file: str) -> str:
        """A file of a published run. Raises StoreError where there is none."""
        try:
            return self._git("show", f"{self.ref}:{RUNS_FOLDER}/{run_id}/{file}")
        except CommandError:
            raise StoreError(f"{run_id} has no {file} in the store") from None

    def publish(self, folder: Path) -> bool:
        """Add a run to the store as one commit; False if it is already there, byte for byte.

        Raises StoreError for a run that is not complete, or differs from the one published under
        its id, and ResultsError for a folder that cannot be read.
        """
        record, results = load_run_record(folder), load_results(folder)
        if record.status != "complete":
            raise StoreError(
                f"{record.run_id} is not complete", f"`make bench RESUME={record.run_id}` ends it."
            )
        head, index = self._head(), self.index()
        files = {name: self._blob(text) for name, text in _texts(folder, record).items()}
        tree = self._tree({name: ("blob", found) for name, found in files.items()})
        runs = self._entries(head, RUNS_FOLDER)
        if record.run_id in runs:
            if runs[record.run_id] == ("tree", tree):
                return False
            raise StoreError(
                f"{record.run_id} is already published, with other files",
                "Published runs are never changed: measure again.",
            )
        runs[record.run_id] = ("tree", tree)
        entries = sorted((*index.runs, entry(record, results)), key=lambda run: run.started_at)
        root = self._entries(head) | {
            INDEX_FILE: ("blob", self._blob(to_json(Index(runs=tuple(entries))))),
            RUNS_FOLDER: ("tree", self._tree(runs)),
        }
        self._commit(head, self._tree(root), f"Add {record.run_id}")
        return True

    def _commit(self, head: str | None, tree: str, subject: str) -> None:
        parents = ("-p", head) if head else ()
        words = (*_IDENTITY, "commit-tree", tree, *parents, "-m", subject)
        commit = self._git(*words).strip()
        try:
            self._git("update-ref", self.ref, commit, head or _NO_COMMIT)
        except CommandError:
            raise StoreError(
                f"the branch {self.branch} was changed at the same time", "Publish again."
            ) from None

    def _head(self) -> str | None:
        try:
            self._git("rev-parse", "--git-dir")
        except CommandError as error:
            raise StoreError(
                f"{self.repository} is not a git repository: {error.cause}",
                "Name a repository with --repository.",
            ) from None
        try:
            return self._git("rev-parse", "--verify", "--quiet", self.ref).strip()
        except CommandError:
            return None

    def _entries(self, head: str | None, folder: str = "") -> dict[str, tuple[str, str]]:
        """Name -> kind and id of everything in a folder of the branch."""
        if head is None:
            return {}
        found = {}
        for line in self._git("ls-tree", f"{head}:{folder}").splitlines():
            about, name = line.split("\t", 1)
            _, kind, identity = about.split()
            found[name] = kind, identity
        return found

    def _tree(self, entries: Mapping[str, tuple[str, str]]) -> str:
        modes = {"blob": "100644", "tree": "040000"}
        lines = [f"{modes[kind]} {kind} {found}\t{name}" for name, (kind, found) in entries.items()]
        return self._git("mktree", stdin="".join(f"{line}\n" for line in lines)).strip()

    def _blob(self, text: str) -> str:
        return self._git("hash-object", "-w", "--stdin", stdin=text).strip()

    def _git(self, *words: str, stdin: str | None = None) -> str:
        return git(self.repository, *words, stdin=stdin)


def entry(record: RunRecord, results: Results) -> Entry:
    """What the index says of a run."""
    place = record.environment
    local = any(image.digest is None for image in place.images.values())
    loads = results.workloads.values()
    return Entry(
        run_id=record.run_id,
        started_at=record.started_at,
        profile=record.profile,
        cpu_model=place.cpu_model,
        cores=place.cores,
        images="stand-in" if local else "registry",
        git_commit=place.git_commit,
        services=tuple(sorted(record.services)),
        workloads=tuple(results.workloads),
        counted=bool(results.instructions),
        valid=results.valid,
        publishable=results.publishable,
        measurements=sum(load.coverage.valid for load in loads if load.coverage),
    )


def _texts(folder: Path, record: RunRecord) -> dict[str, str]:
    """The files of a run as the store keeps them: run.json without the plan of its trials."""
    found = {}
    for name in FILES:
        try:
            found[name] = (folder / name).read_text(encoding="utf-8")
        except OSError as error:
            raise ResultsError(
                f"{folder / name} cannot be read: {error.strerror}",
                f"Run `make report RUN={record.run_id}`.",
            ) from None
    content = json.loads(found[RUN_FILE])
    found[RUN_FILE] = json.dumps({**content, "plan": []}, indent=2) + "\n"
    return found
