"""`verify`: one contestant's contract and parity, in containers and on a database of its own.

An outcome is kept, and taken for granted as long as nothing that it depends on has changed.
"""

import hashlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from levelbench import interruption
from levelbench.contestants.discovery import Service
from levelbench.errors import LabError
from levelbench.lab import engines, images, lock, sites, up
from levelbench.lab.dataset import generate
from levelbench.lab.engine import Engine
from levelbench.lab.images import ImageSet, Say, Source
from levelbench.model.config import COMPOSE_FILE, CONFIG_FILE, REPORTS, Config
from levelbench.model.files import ResultsError, save
from levelbench.model.ledger import ParityEntry, Verification, VerifyReport, load_verification
from levelbench.progress import Display
from levelbench.verify import parity
from levelbench.verify.parity.settings import CONFIGURATION

FOLDER = REPORTS / "verify"
REPORT_FILE = "verify.json"
_PACKAGES = Path(__file__).parent


def verify(
    service: Service,
    key: str = "",
    site: str = sites.VERIFY,
    source: Source = "auto",
    scale: int = 1,
    say: Say = lambda message: None,
) -> Verification:
    """Start the contestant, check every parity rule that applies to it, and remove it again.

    Raises LabError if it does not start.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    with up.running(service, site, source, scale, say) as running:
        found = parity.audit(running, lambda rule: say(f"verifying {service.name}: {rule}"))
    return Verification(
        service=service.name,
        key=key,
        started_at=started,
        duration_s=round(time.monotonic() - clock, 1),
        entries=found.entries,
        statements_per_request=found.statements_per_request,
    )


def fingerprint(
    engine: Engine, service: Service, image: str, base: ImageSet, dataset_checksum: str
) -> str:
    """Identity of all that an outcome depends on: images, dataset, rules, caps and settings."""
    digest = hashlib.sha256(dataset_checksum.encode())
    for reference in (image, base.postgres, base.redis):
        image_held = engine.image(reference)
        digest.update(str(image_held and image_held.id).encode())
    for file in _rule_files(service):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _rule_files(service: Service) -> Iterator[Path]:
    for package in ("contract", "parity"):
        yield from sorted((_PACKAGES / package).rglob("*.py"))
    yield _PACKAGES.parent / "lab" / "statements.py"
    yield from (CONFIG_FILE, COMPOSE_FILE, CONFIGURATION, *service.spec_files())


def remembered(service: Service, key: str, folder: Path = FOLDER) -> Verification | None:
    """The outcome for `key`, if there is one and every rule held.

    A broken rule is looked at again each time: it may be mended, or may have been the machine's.
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


def verify_all(
    services: dict[str, Service], config: Config, source: Source, display: Display
) -> dict[str, Verification]:
    """Verify each service, whatever is remembered of it, and remember the outcome.

    Raises LabError when the images or the engine are not to be had.
    """
    engine = engines.connect()
    found = {}
    with lock.exclusive(engine.id), interruption.terminable():
        sites.remove_leftovers(engine, display.say)
        base = images.ensure(engine, config.images, source, display.say)
        rows = generate(config.dataset)
        for service in services.values():
            display.say(f"verifying {service.name}: parity rules (under a minute)")
            try:
                image = images.build_service(engine, service, base.python, display.say)
                key = fingerprint(engine, service, image, base, rows.checksum)
                found[service.name] = verify(service, key, source=base.source, say=display.step)
            except LabError as error:
                for line in getattr(error, "output", ()):
                    display.detail(line)
                found[service.name] = _not_up(service, error)
            remember(service, found[service.name])
            display.say(_outcome(found[service.name]))
    return found


def _not_up(service: Service, error: LabError) -> Verification:
    entry = ParityEntry(
        rule="behaviour: comes up",
        service=service.name,
        expected="yes",
        observed=f"no: {error}",
        holds=False,
    )
    return Verification(
        service=service.name, key="", started_at=datetime.now(UTC), duration_s=0.0, entries=(entry,)
    )


def _outcome(found: Verification) -> str:
    checks, broken = len(found.entries), len(found.broken)
    if found.verified:
        return f"{found.service}: [green]all {checks} checks hold[/]  ({found.duration_s:.0f} s)"
    return f"{found.service}: [red]{broken} of {checks} checks fail[/]  ({found.duration_s:.0f} s)"


def write_report(verifications: dict[str, Verification], folder: Path = FOLDER) -> Path:
    """Write verify.json and return its path."""
    path = folder / REPORT_FILE
    verified = all(found.verified for found in verifications.values())
    save(path, VerifyReport(verified=verified, services=verifications))
    return path
