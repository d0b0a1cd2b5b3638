"""Options that several commands share; Typer validates those with fixed choices."""

import re
from pathlib import Path
from typing import Annotated, Literal, get_args

import typer

from levelbench.errors import LabError
from levelbench.lab import images
from levelbench.model import workloads
from levelbench.model.sweep import SETTINGS
from levelbench.model.vocabulary import ENDPOINTS, Arrivals, Endpoint, Mix

VerifyChoice = Literal["auto", "force"]

Services = Annotated[
    str,
    typer.Option(
        "--services",
        metavar="<a,b>",
        help="Names, comma-separated; `all`: every contestant and reference; `<name>+variants`, "
        "`all+variants`: with their variants. Default: the core contestants.",
    ),
]
Profile = Annotated[
    str,
    typer.Option(
        "--profile",
        metavar="<name>",
        help="How much to measure: smoke, quick, standard, paired, article or nightly.",
    ),
]
Workload = Annotated[
    str,
    typer.Option(
        "--workload",
        metavar="<a,b>",
        help=f"Loads, comma-separated: {', '.join(workloads.GROUPS)}. Default: the profile's.",
    ),
]
By = Annotated[
    Literal["instructions", "time", "both"],
    typer.Option("--by", help="Count instructions, measure time, or both, instructions first."),
]
Endpoints = Annotated[
    str,
    typer.Option(
        "--endpoints",
        metavar="<a,b>",
        help=f"Endpoints to count, comma-separated. Default: {', '.join(ENDPOINTS)}.",
    ),
]
Seeds = Annotated[
    int, typer.Option("--seeds", min=1, help="Hash seeds, each in a fresh container.")
]
SeedsOrDefault = Annotated[
    int | None,
    typer.Option(
        "--seeds",
        min=1,
        help="Hash seeds, each in a fresh container. Default: 8, or 3 of more than two services.",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        min=0,
        max=2**53 - 1,  # the largest that the load generator computes with exactly
        help="Seed of the trials' order and the requests. Default: random.",
    ),
]
MixChoice = Annotated[
    Mix,
    typer.Option(
        "--mix",
        metavar="<mix>",
        help=f"Weights of the endpoints: {', '.join(get_args(Mix))}.",
    ),
]
ArrivalsChoice = Annotated[
    Arrivals,
    typer.Option(
        "--arrivals",
        metavar="<arrivals>",
        help=f"How requests of open loads arrive: {', '.join(get_args(Arrivals))}.",
    ),
]
Scale = Annotated[
    int,
    # 1,000,000 orders, which are made in memory and need 1.5 GiB in each contestant's database.
    typer.Option("--scale", min=1, max=100, help="Factor of the dataset's size."),
]
Verify = Annotated[
    VerifyChoice,
    typer.Option("--verify", help="force: repeat remembered verifications."),
]
Rates = Annotated[
    str,
    typer.Option("--rates", metavar="<run>", help="Reuse the rates that this run calibrated."),
]
ObjectiveText = Annotated[
    str,
    typer.Option(
        "--objective",
        metavar="<limit>",
        help="What a rate must meet in the workload capacity: 'p95<200ms' (the default), "
        "'p99<500ms' or 'errors<0.1%'.",
    ),
]
Rate = Annotated[int | None, typer.Option("--rate", min=1, help="Requests/s of WORKLOAD=fixed.")]
NeededRate = Annotated[int, typer.Option("--rate", min=1, help="Requests/s to size for.")]
P95 = Annotated[
    str, typer.Option("--p95", metavar="<ms>", help="Limit of p95 latency, such as 200ms.")
]
CapacityRun = Annotated[
    str,
    typer.Option("--run", metavar="<run>", help="Run that has the capacity. Default: measure it."),
]
Precision = Annotated[
    str | None,
    typer.Option(
        "--precision",
        metavar="<percent>",
        help="End at the first look at which every primary ratio has a half-width below this, such "
        "as 3%. Default: the profile's number of blocks.",
    ),
]
Resume = Annotated[
    str,
    typer.Option("--resume", metavar="<run>", help="Resume this run with its own options."),
]
Live = Annotated[
    int,
    typer.Option(
        "--live",
        min=0,
        max=1,
        metavar="0|1",
        help="1 serves a page on 127.0.0.1 that shows the run.",
    ),
]
AsPublished = Annotated[
    bool,
    typer.Option(
        "--as-published",
        help="Measure the published list handlers alongside their contestants, with "
        "--workload=list.",
    ),
]
Margin = Annotated[
    str,
    typer.Option(
        "--margin",
        metavar="<percent>",
        help="Slowdown that is tolerated. Status 0 needs an interval within it.",
    ),
]
Markdown = Annotated[
    Path | None,
    typer.Option("--markdown", metavar="<file>", help="Also write the outcome as Markdown."),
]
Readme = Annotated[
    Path | None,
    typer.Option(
        "--readme",
        metavar="<file>",
        help="Also write the results into this README, with its pictures and the report in docs/.",
    ),
]
Images = Annotated[
    images.Source,
    typer.Option("--images", help="Where images come from."),
]
Port = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help="Loopback port. Default: 8000, or a free one."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="Id of a run in reports/.")]
Over = Annotated[
    str,
    typer.Option(
        "--over",
        metavar="<setting>=<values>",
        help=f"A setting and its values, such as pool=2,4,8: {', '.join(SETTINGS)}.",
    ),
]
Service = Annotated[str, typer.Argument(metavar="SERVICE", help="Name of a service.")]


def endpoints(text: str) -> tuple[Endpoint, ...]:
    """Parse `list,detail`, in the order in which they are counted; all of them by default."""
    asked = {word.strip() for word in text.split(",")} if text else set(ENDPOINTS)
    if unknown := asked.difference(ENDPOINTS):
        raise LabError(
            f"--endpoints {text!r}: there is no endpoint {min(unknown)!r}",
            f"Choose from: {', '.join(ENDPOINTS)}.",
        )
    return tuple(name for name in ENDPOINTS if name in asked)


def percentage(option: str, text: str) -> float:
    """Parse `5%` as 0.05. Raises LabError for anything but a percentage between 0% and 100%."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)%", text.strip())
    share = float(found[1]) / 100 if found else 0.0
    if not 0 < share < 1:
        raise LabError(
            f"{option} {text!r} is not a percentage between 0% and 100%",
            f"Write it with a percent sign: {option}=5%.",
        )
    return share
