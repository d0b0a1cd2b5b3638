"""All contract cases, in the order in which the suite runs them."""

from levelbench.verify.contract.case import Case
from levelbench.verify.contract.cases import (
    access,
    auth,
    bodies,
    inputs,
    orders,
    outages,
    precedence,
    routes,
    tasks,
)

CASES: tuple[Case, ...] = (
    *routes.CASES,
    *auth.CASES,
    *inputs.CASES,
    *bodies.CASES,
    *access.CASES,
    *orders.CASES,
    *tasks.CASES,
    *precedence.CASES,
    *outages.CASES,  # last: they stop containers
)
