"""Where a contestant listens, in the kernel's tables of sockets."""

import pytest

from levelbench.lab.listening import fault

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
DNS = "   0: 0B00007F:B1A3 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0\n"
CLIENT = "   1: 0100007F:1F40 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0\n"


def listens(address: str, port: int = 8000) -> str:
    zeros = "0" * len(address)
    return f"   2: {address}:{port:04X} {zeros}:0000 0A 00000000:00000000 00:00000000 00000000\n"


@pytest.mark.parametrize(
    "address",
    [
        "00000000",
        "050012AC",
        "00000000000000000000000000000000",
        "0000000000000000FFFF000000000000",
    ],
    ids=["any", "its-own", "any-v6", "any-mapped"],
)
def test_on_an_address_of_its_network_it_is_reached(address: str) -> None:
    assert fault(HEAD + DNS + CLIENT + listens(address)) == ""


@pytest.mark.parametrize(
    "address",
    ["0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"],
    ids=["v4", "v6", "mapped"],
)
def test_on_the_loopback_interface_it_is_not(address: str) -> None:
    assert fault(HEAD + DNS + listens(address)) == (
        "it listens on port 8000 of the loopback interface only"
    )


def test_another_port_is_named() -> None:
    assert fault(HEAD + DNS + listens("00000000", 5000)) == "it listens on port 5000, not on 8000"


def test_nothing_listens() -> None:
    assert fault(HEAD + DNS + CLIENT) == "it listens on no port"
