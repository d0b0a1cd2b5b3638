"""Differences between the responses of contestants to the same requests."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from levelbench.verify.contract.answers import Answer
from levelbench.verify.contract.request import Request
from levelbench.verify.contract.violation import shorten

JSON = "application/json"


@dataclass(frozen=True)
class Difference:
    """A request that contestants answered differently."""

    number: int
    """Position of the request in the stream, from 1."""
    request: Request
    answers: dict[tuple[str, ...], str]
    """Contestants with equal responses -> the response."""

    def __str__(self) -> str:
        head = f"request {self.number} ({self.request.group}): {self.request}"
        rows = [f"  {', '.join(names)}: {answer}" for names, answer in self.answers.items()]
        return "\n".join([head, *rows])


def differences(
    stream: Sequence[Request], answers: Mapping[str, Sequence[Answer]]
) -> list[Difference]:
    """Requests that contestants answered differently; `answers` has them by contestant."""
    found = []
    for index, request in enumerate(stream):
        camps = _camps({service: given[index] for service, given in answers.items()})
        if len(camps) > 1:
            found.append(Difference(index + 1, request, _shown(camps)))
    return found


def failures(stream: Sequence[Request], answers: Mapping[str, Sequence[Answer]]) -> list[str]:
    """Responses that are always wrong: none, a 5xx, or a body that is not JSON."""
    found = []
    for service, given in answers.items():
        for request, answer in zip(stream, given, strict=True):
            if answer["status"] is None or answer["status"] >= 500:
                found.append(f"{service}: {request}: {_summary(answer)}")
            elif isinstance(answer["body"], str) or answer["type"] != JSON:
                found.append(f"{service}: {request}: {_summary(answer)} as {answer['type']}")
    return found


_Camp = tuple[tuple[str, ...], Answer]


def _camps(answers: Mapping[str, Answer]) -> list[_Camp]:
    camps: list[_Camp] = []
    for service, answer in answers.items():
        for index, (names, known) in enumerate(camps):
            if _first_difference(known, answer, "") is None:
                camps[index] = ((*names, service), known)
                break
        else:
            camps.append(((service,), answer))
    return camps


def _shown(camps: Sequence[_Camp]) -> dict[tuple[str, ...], str]:
    """Status, code and fields; if these are equal, also the first value that differs."""
    summaries = {names: _summary(answer) for names, answer in camps}
    if len(set(summaries.values())) == len(camps):
        return summaries
    (_, first), *others = camps
    places = {_first_difference(first, answer, "") or "" for _, answer in others}
    for place in sorted(places):
        for names, answer in camps:
            value = shorten(json.dumps(_at(answer, place)))
            summaries[names] += f", {place.lstrip('/') or 'answer'} = {value}"
    return summaries


def _summary(answer: Answer) -> str:
    if answer["status"] is None:
        return "no answer in time" if answer["timed_out"] else "no answer, connection closed"
    body = answer["body"]
    if isinstance(body, str):
        return f"{answer['status']} {shorten(body)}"
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return str(answer["status"])
    return f"{answer['status']} {error.get('code')}, fields {error.get('fields')}"


def _first_difference(a: Any, b: Any, where: str) -> str | None:
    """Path of the first difference, as `/body/results/5/status`; 1, 1.0 and true differ."""
    if type(a) is not type(b):
        return where
    if isinstance(a, dict) and a.keys() == b.keys():
        pairs = [(key, a[key], b[key]) for key in a]
    elif isinstance(a, list) and len(a) == len(b):
        pairs = [(str(index), *pair) for index, pair in enumerate(zip(a, b, strict=True))]
    else:
        return None if a == b else where
    places = (_first_difference(left, right, f"{where}/{key}") for key, left, right in pairs)
    return next((place for place in places if place is not None), None)


def _at(answer: Any, place: str) -> Any:
    for key in place.split("/")[1:]:
        try:
            answer = answer[int(key)] if isinstance(answer, list) else answer[key]
        except (LookupError, TypeError):
            return None
    return answer
