"""The specification of a service: its service.toml."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from levelbench.model.choice import Choice
from levelbench.model.exhibit import Exhibit
from levelbench.model.included import Included
from levelbench.model.references import PythonVersion
from levelbench.model.toml import FileModel, Text
from levelbench.model.traits import TRAITS, Interface, Protocol, Tasks, Trait, Traits
from levelbench.model.vocabulary import ENDPOINTS, Endpoint, Role

SPEC_FILE = "service.toml"
READY = "/readyz"
"""The path of services/CONTRACT.md that answers 200 once a contestant serves."""
_WORDS = ("server", "http_parser", "event_loop", "driver", "data_layer", "serializer")
UNDECLARED: Mapping[str, Any] = {
    **dict.fromkeys(_WORDS, "undeclared"),
    "interface": "own",
    "protocol": "text",
    "processes": 1,
    "threads": 0,
    "packages": (),
    "transaction_statements": dict.fromkeys(ENDPOINTS, 0),
}
"""Keys that a guest need not have: its traits are not compared, its statements not counted."""


class Spec(FileModel):
    """Fields of service.toml: only what differs between contestants."""

    display_name: Text
    role: Role
    core: bool = False
    """Whether it is measured, verified and tested unless others are asked for."""
    extends: Text | None = None
    """Of a variant: the contestant that has the other files and keys."""
    changes: tuple[Trait, ...] = ()
    """Of a variant: the traits in which it differs from that contestant; the first one names its
    factor."""
    interface: Interface
    server: Text
    http_parser: Text
    event_loop: Text
    processes: Annotated[int, Field(gt=0)]
    threads: Annotated[int, Field(ge=0)]
    driver: Text
    protocol: Protocol
    data_layer: Text
    serializer: Text
    api_layer: Text = "none"
    tasks: Tasks = "celery"
    python: PythonVersion
    """Its image is the base of the contestant's (levelbench.toml, [images.python])."""
    transaction_statements: dict[Endpoint, Annotated[int, Field(ge=0)]]
    """Number of BEGIN, COMMIT and ROLLBACK statements per request, by endpoint."""
    packages: tuple[Text, ...]
    """The report shows their locked versions; the framework is the first."""
    extra_tables: tuple[str, ...] = ()
    """Additional tables that the framework creates."""
    choices: tuple[Choice, ...] = ()
    included: tuple[Included, ...] = ()
    """Features that the framework or another package provides."""
    exhibit: Exhibit | None = None
    """Declaration of an exhibit; None for other roles."""
    ready: Annotated[str, Field(pattern=r"^/[\w./-]*$")] = READY
    """Of a guest: the path that answers 200 once it serves."""

    @property
    def is_guest(self) -> bool:
        """Whether it is somebody's own service, with a journey of its own."""
        return self.role == "guest"

    @property
    def traits(self) -> Traits:
        """The value of each trait (services/CONTRACT.md); a guest declares none."""
        return {} if self.is_guest else {trait: getattr(self, trait) for trait in TRAITS}

    @property
    def serves(self) -> tuple[Endpoint, ...]:
        """The endpoints that it serves."""
        if self.is_guest:
            return ()
        return ("list",) if self.exhibit else ENDPOINTS

    @model_validator(mode="before")
    @classmethod
    def _a_guest_declares_little(cls, fields: object) -> object:
        if isinstance(fields, dict) and fields.get("role") == "guest":
            return {**UNDECLARED, **fields}
        return fields

    @model_validator(mode="after")
    def _has_exhibit_by_role(self) -> "Spec":
        if (self.role == "exhibit") != (self.exhibit is not None):
            raise ValueError('[exhibit] is required for role "exhibit" and not allowed for others')
        return self

    @model_validator(mode="after")
    def _extends_by_role(self) -> "Spec":
        if (self.role == "variant") != (self.extends is not None and bool(self.changes)):
            raise ValueError(
                'extends and changes are required for role "variant" and not allowed for others'
            )
        return self

    @model_validator(mode="after")
    def _only_a_contestant_is_core(self) -> "Spec":
        if self.core and self.role != "contestant":
            raise ValueError(f'core = true is not allowed for role "{self.role}"')
        return self

    @model_validator(mode="after")
    def _only_a_guest_chooses_its_path(self) -> "Spec":
        if self.ready != READY and not self.is_guest:
            raise ValueError(f'ready is not allowed for role "{self.role}"')
        return self

    @field_validator("included")
    @classmethod
    def _each_thing_once(cls, included: tuple[Included, ...]) -> tuple[Included, ...]:
        names = [entry.what for entry in included]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"{twice[0]} is declared twice")
        return included

    @model_validator(mode="after")
    def _every_endpoint_has_its_transactions(self) -> "Spec":
        if set(self.transaction_statements) != set(ENDPOINTS):
            raise ValueError(f"transaction_statements must name {', '.join(ENDPOINTS)}")
        return self
