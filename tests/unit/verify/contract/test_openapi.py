"""openapi.yaml is valid OpenAPI, and describes what the suite expects."""

from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from levelbench.model.config import ROOT
from levelbench.verify.contract import expect


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    text = (ROOT / "services" / "openapi.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def test_it_is_valid(document: dict[str, Any]) -> None:
    validate(document)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("User", expect.USER),
        ("Item", expect.ITEM),
        ("Order", expect.ORDER),
        ("OrderPage", expect.PAGE),
    ],
)
def test_objects_have_the_same_fields(
    document: dict[str, Any], name: str, kinds: dict[str, expect.Kind]
) -> None:
    schema = document["components"]["schemas"][name]
    assert schema["properties"].keys() == kinds.keys()
    assert sorted(schema["required"]) == sorted(kinds)
    assert schema["additionalProperties"] is False


def test_every_route_of_the_contract_is_described(document: dict[str, Any]) -> None:
    routes = {
        f"{method.upper()} {path}"
        for path, item in document["paths"].items()
        for method in item
        if method in {"get", "post"}
    }
    assert routes == {
        "POST /api/v1/auth/register",
        "POST /api/v1/auth/login",
        "GET /api/v1/orders",
        "GET /api/v1/orders/{order_id}",
        "POST /api/v1/orders/{order_id}/invoice",
        "GET /api/v1/tasks/{task_id}",
        "GET /healthz",
        "GET /readyz",
    }
