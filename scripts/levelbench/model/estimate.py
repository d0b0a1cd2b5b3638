"""Estimates of metrics over trials, with intervals, and how results.json writes them."""

from typing import Any, ClassVar, cast

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from levelbench.model.base import Model
from levelbench.model.bracket import Bound
from levelbench.model.metric import Level, Metric
from levelbench.model.metrics import ERRORS, METRICS


class Interval(Model):
    low: float
    high: float


class Estimate(Model):
    """A value with its 95% confidence interval; no interval with fewer than 3 trials."""

    value: float | None = None
    confidence_interval: Interval | None = None
    bound: Bound | None = Field(default=None, exclude_if=lambda bound: bound is None)
    """What the value is where only one end is known, as of a ladder of rates that ended too early;
    it then has no interval."""


UNDEFINED = Estimate()


class Measured(Model):
    """Values of the metric table's metrics. JSON has them flat, under their names; a dot nests."""

    level: ClassVar[Level]
    metrics: dict[str, Estimate] = Field(default_factory=dict)
    """Metric name -> value; without those that do not apply, which JSON has as null."""

    def estimate(self, metric: Metric) -> Estimate | None:
        """The value of a metric; None where it does not apply."""
        return self.metrics.get(metric.name)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The metrics of this level that JSON has an estimate of."""
        return tuple(m.name for m in METRICS if m.exists(cls.level) and m != ERRORS)

    @model_validator(mode="before")
    @classmethod
    def _from_flat(cls, content: Any) -> Any:
        if not isinstance(content, dict) or "metrics" in content:
            return content
        names = cls.names()
        groups = {name.partition(".")[0] for name in names if "." in name}
        rest: dict[str, Any] = {}
        flat: dict[str, Any] = {}
        for key, value in content.items():
            if key in groups:
                flat |= {f"{key}.{part}": nested for part, nested in (value or {}).items()}
            elif key in names:
                flat[key] = value
            else:
                rest[key] = value
        known = {name: value for name, value in flat.items() if value is not None}
        return {**rest, "metrics": known}

    @field_validator("metrics")
    @classmethod
    def _are_known(cls, metrics: dict[str, Estimate]) -> dict[str, Estimate]:
        if unknown := metrics.keys() - set(cls.names()):
            raise ValueError(f"no metric of a {cls.level}: {', '.join(sorted(unknown))}")
        return metrics

    @model_serializer(mode="wrap")
    def _to_flat(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = handler(self)
        values = content.pop("metrics")
        flat: dict[str, Any] = {}
        for name in self.names():
            group, _, part = name.partition(".")
            if not part:
                flat[name] = values.get(name)
            elif name in values:
                flat[group] = {**(flat.get(group) or {}), part: values[name]}
            else:
                flat.setdefault(group, None)
        return {**flat, **content}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        plain = {key: value for key, value in core_schema.items() if key != "serialization"}
        schema = handler.resolve_ref_schema(handler(cast(CoreSchema, plain)))
        value = schema["properties"].pop("metrics")["additionalProperties"]
        flat: JsonSchemaValue = {}
        for name in cls.names():
            group, _, part = name.partition(".")
            if not part:
                flat[name] = {"anyOf": [value, {"type": "null"}]}
                continue
            nested = flat.setdefault(group, {"anyOf": [_object(), {"type": "null"}]})
            nested["anyOf"][0]["properties"][part] = value
        schema["properties"] = {**flat, **schema["properties"]}
        schema["required"] = [key for key in schema.get("required", []) if key != "metrics"]
        return schema


def _object() -> JsonSchemaValue:
    return {"type": "object", "properties": {}, "additionalProperties": False}
