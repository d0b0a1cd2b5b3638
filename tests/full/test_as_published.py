"""The exhibits in real containers: what each answers and runs, and that other work is seen."""

import shutil
from pathlib import Path

import httpx
import pytest

from levelbench.contestants.discovery import SERVICES, discover
from levelbench.contestants.selection import with_role
from levelbench.contestants.service import Service
from levelbench.lab import up
from levelbench.model.folder import load_run
from levelbench.model.ledger import ParityEntry
from levelbench.model.results import load_results
from levelbench.verify import contract, parity
from tests.e2e.commands import bench
from tests.full import checkout

KNOWN = discover()
STATEMENTS = {
    "django-as-published": 2,
    "fastapi-as-published": 2,
    "flask-as-published": 3,
    "starlette-as-published": 1,
}
ORDERS = "/api/v1/orders"
IMPORT, RESULTS = "from sqlalchemy import select", "        results = ["
"""Lines of the exhibit's handler, or their beginnings."""


def audit(service: Service) -> parity.Audit:
    with up.running(service, f"shown-{service.name}") as running:
        return parity.audit(running, lambda rule: None)


def broken(found: parity.Audit) -> list[ParityEntry]:
    return [entry for entry in found.entries if not entry.holds]


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """Starlette and its exhibit, to be changed."""
    for name in ("starlette", "starlette-as-published"):
        shutil.copytree(SERVICES / name, tmp_path / name)
    return tmp_path


def edited(folder: Path, *edits: tuple[str, str]) -> Service:
    """The exhibit with another handler."""
    path = folder / "starlette-as-published" / "app" / "orders.py"
    text = path.read_text()
    for old, new in edits:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text)
    return discover(folder)["starlette-as-published"]


def test_every_exhibit_is_looked_at() -> None:
    assert sorted(with_role("exhibit", KNOWN)) == sorted(STATEMENTS)


@pytest.mark.parametrize("name", list(STATEMENTS))
def test_each_does_what_it_declares_and_no_more(name: str) -> None:
    found = audit(KNOWN[name])
    assert broken(found) == []
    assert found.statements_per_request == {"list": STATEMENTS[name]}


@pytest.mark.parametrize("name", list(STATEMENTS))
def test_an_order_has_the_items_that_are_its_own(name: str) -> None:
    """Those of a second statement may be another page's, where neither is ordered."""
    service = KNOWN[name]
    with up.running(service, f"shown-{name}") as running:
        page = httpx.get(f"{running.endpoint.base_url}{ORDERS}?page=3").json()
        owners = running.lab.database.json(
            "SELECT json_object_agg(id, order_id) FROM order_items", running.database
        )
    assert len(page["results"]) == 20
    shown = [
        (item["id"], order["id"]) for order in page["results"] for item in order.get("items", ())
    ]
    assert bool(shown) == bool(service.spec.exhibit and service.spec.exhibit.items)
    assert all(owners[str(item)] == order for item, order in shown)


@pytest.mark.parametrize(
    "edits",
    [
        (
            ("select(Order)", "select(Order).options(selectinload(Order.items))"),
            (IMPORT, f"{IMPORT}\nfrom sqlalchemy.orm import selectinload"),
            ('name != "_sa_instance_state"', 'name not in ("_sa_instance_state", "items")'),
        ),
        (("select(Order)", "select(Order).order_by(Order.created_at.desc())"),),
        (
            (RESULTS, f"        await session.scalar(text('SELECT 1'))\n{RESULTS}"),
            (IMPORT, f"{IMPORT}, text"),
        ),
    ],
    ids=["items", "order", "another-statement"],
)  # fmt: skip
def test_other_work_is_seen(changed: Path, edits: tuple[tuple[str, str], ...]) -> None:
    found = broken(audit(edited(changed, *edits)))
    assert {entry.rule for entry in found} == {
        "statements and rows: list as published: page 1",
        "statements and rows: list as published: page 20",
    }


def test_as_printed_starlette_cannot_answer(changed: Path) -> None:
    """json cannot write the state that SQLAlchemy keeps in the object's __dict__."""
    printed = edited(
        changed,
        (' if name != "_sa_instance_state"', ""),
        (', separators=(",", ":"), default=str', ', separators=(",", ":")'),
    )
    with up.running(printed, "shown-as-printed") as running:
        statuses = {
            httpx.get(f"{running.endpoint.base_url}{ORDERS}?page={page}").status_code
            for page in range(1, 6)
        }
        log = "".join(running.lab.site.logs("service"))
    assert statuses == {500}
    assert "InstanceState is not JSON serializable" in log


def test_the_contract_is_not_kept() -> None:
    with up.running(KNOWN["starlette-as-published"], "shown-contract") as running:
        assert contract.verify(running.endpoint)


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEVELBENCH_CONFIG", str(checkout.tolerant(tmp_path_factory.mktemp("config"))))
        return bench(
            "--as-published", "--profile=smoke",
            "--services=fastapi-as-published,starlette-as-published",
        )  # fmt: skip


def test_a_bench_measures_them_beside_their_contestants(run_folder: Path) -> None:
    found = load_results(run_folder).workloads["list"]
    assert set(found.services) == {
        "fastapi", "fastapi-as-published", "starlette", "starlette-as-published",
    }  # fmt: skip
    for name, service in found.services.items():
        assert service.error_rate == 0
        assert (service.metrics["throughput_rps"].value or 0) > 0
        assert service.endpoints["list"].statements_per_request == STATEMENTS.get(name, 4)
        assert service.rank is None or name not in STATEMENTS


def test_a_bench_counts_the_statements_of_every_trial(run_folder: Path) -> None:
    for trial in load_run(run_folder).trials:
        assert trial.statements
        assert trial.window
        assert trial.statements.least == trial.statements.run
        each = STATEMENTS.get(trial.service, 4)
        assert trial.statements.run % each == 0
        assert trial.statements.run >= each * trial.window.requests


def test_a_bench_splits_the_lead(run_folder: Path) -> None:
    (split,) = load_results(run_folder).workloads["list"].published
    assert (split.a, split.b, split.blocks) == ("starlette", "fastapi", 1)
    factors = split.equal_work.value or 0, split.left_out.value or 0
    assert split.as_published.value == pytest.approx(factors[0] * factors[1])
    assert split.left_out.confidence_interval is None
    for name in ("report.md", "report.html"):
        assert "starlette over fastapi: as published" in (run_folder / name).read_text()
