"""Verify contestants: contract and parity, in containers and on a database of their own.

An outcome is kept, and used again as long as nothing that decides it has changed.
"""

import hashlib
import platform
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from levelbench.contestants.files import source_files
from levelbench.contestants.service import Service
from levelbench.lab import sites, up
from levelbench.lab.engine import Engine
from levelbench.lab.images import ImageSet, Say, Source
from levelbench.model.config import REPORTS, ROOT, config_file
from levelbench.model.files import ResultsError, save
from levelbench.model.ledger import Verification, VerifyReport, load_verification
from levelbench.verify import guest, parity

FOLDER = REPORTS / "verify"
REPORT_FILE = "verify.json"
_PACKAGES = ("model", "load", "contestants", "lab", "verify")
"""What this package may import (tests/unit/project/test_imports.py), itself included."""


def verify(
    service: Service,
    key: str = "",
    site: str = sites.verify_site(0),
    source: Source = "auto",
    scale: int = 1,
    say: Say = lambda message: None,
) -> Verification:
    """Start the contestant, check every parity rule that applies to it, and remove it again.

    A guest has checks of its own.

    Raises LabError if it does not start.
    """
    audit = guest.audit if service.spec.is_guest else parity.audit
    started, clock = datetime.now(UTC), time.monotonic()
    with up.running(service, site, source, scale, say) as running:
        found = audit(running, lambda rule: say(f"verifying {service.name}: {rule}"))
    return Verification(
        service=service.name,
        key=key,
        started_at=started,
        duration_s=round(time.monotonic() - clock, 1),
        entries=found.entries,
        statements_per_request=found.statements_per_request,
    )


def fingerprint(
    engine: Engine, service: Service, image: str, shared: ImageSet, dataset_checksum: str
) -> str:
    """Identity of everything that decides an outcome: images, dataset, rules, caps, settings and
    the code that checks them."""
    digest = hashlib.sha256(f"{dataset_checksum}\0{platform.python_version()}\0".encode())
    for reference in (image, shared.postgres, shared.redis):
        held = engine.image(reference)
        digest.update(f"{held.id if held else None}\0".encode())
    for file in deciding_files(service):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.name}\0{content}\0".encode())
    return digest.hexdigest()[:16]


def deciding_files(service: Service, root: Path = ROOT) -> Iterator[Path]:
    """The files that decide a verification: all that `verify` may import, and what it reads."""
    harness = root / "scripts" / "levelbench"
    folders = [harness / name for name in _PACKAGES] + [root / "compose"]
    yield from sorted(harness.glob("*.py"))
    for folder in folders:
        yield from sorted(source_files(folder).values())
    yield config_file(root)
    yield root / "requirements.lock"
    yield from service.spec_files()
    yield from (file for _, file in sorted(service.files().items()))


def remembered(service: Service, key: str, folder: Path = FOLDER) -> Verification | None:
    """The outcome for `key`, if there is one and it broke no rule.

    A broken rule is checked again each time: the machine may have been the reason.
    """
    try:
        known = load_verification(_file(service, folder))
    except ResultsError:
        return None
    return known if known.key == key and known.verified else None


def remember(service: Service, verification: Verification, folder: Path = FOLDER) -> None:
    """Keep an outcome."""
    save(_file(service, folder), verification)


def _file(service: Service, folder: Path) -> Path:
    return folder / f"{service.name}.json"


def write_report(verifications: dict[str, Verification], folder: Path = FOLDER) -> Path:
    """Write verify.json and return its path."""
    path = folder / REPORT_FILE
    verified = all(found.verified for found in verifications.values())
    save(path, VerifyReport(verified=verified, services=verifications))
    return path
