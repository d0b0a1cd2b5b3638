"""Parse the summary document that k6 prints at the end of a load."""

from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from levelbench.load.closed_document import ClosedDocument, EndpointsDocument
from levelbench.load.disturbed_document import DisturbedDocument
from levelbench.load.open_document import CapacityDocument, OpenDocument
from levelbench.load.session_document import SessionDocument
from levelbench.load.summary import K6Error, Summary

Document = (
    ClosedDocument
    | EndpointsDocument
    | OpenDocument
    | CapacityDocument
    | SessionDocument
    | DisturbedDocument
)
_DOCUMENT: TypeAdapter[Document] = TypeAdapter(Annotated[Document, Field(discriminator="workload")])
_REMEDY = "Read k6's log in the trial's folder for the cause."


def parse_summary(text: str) -> Summary:
    """Summary of a load, from k6's standard output.

    Raises K6Error, in one line, for a text that is empty, truncated or malformed.
    """
    if not text.strip():
        raise K6Error("k6 printed no summary", _REMEDY)
    try:
        document = _DOCUMENT.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            raise K6Error(
                f"k6's summary is not complete JSON ({len(text)} characters): {first['msg']}",
                _REMEDY,
            ) from None
        what = first["msg"].removeprefix("Value error, ")
        where = ".".join(str(part) for part in first["loc"]) or "document"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise K6Error(
            f"k6's summary is malformed: {where}: {what}{more}",
            "k6 was interrupted, or k6/lib prints what levelbench.load does not expect.",
        ) from None
    return document.summary()
