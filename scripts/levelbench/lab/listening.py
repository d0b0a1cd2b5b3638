"""Where a contestant listens, from the kernel's table of its container's sockets."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

PORT = 8000
"""Of every contestant (services/CONTRACT.md)."""
SCRIPT = "cat /proc/net/tcp /proc/net/tcp6 2>/dev/null; true"
"""Prints the tables of a container's network (Linux: Documentation/networking/proc_net_tcp.rst)."""
LISTEN = "0A"
NAME_SERVER = ip_address("127.0.0.11")
"""The engine's own, which listens in each container."""


def fault(tables: str) -> str:
    """Why other containers cannot reach a contestant, as part of a sentence; empty if they can."""
    found = [(address, port) for address, port in _listening(tables) if address != NAME_SERVER]
    own = [address for address, port in found if port == PORT]
    if any(not _is_loopback(address) for address in own):
        return ""
    if own:
        return f"it listens on port {PORT} of the loopback interface only"
    ports = ", ".join(str(port) for port in sorted({port for _, port in found}))
    return f"it listens on port {ports}, not on {PORT}" if ports else "it listens on no port"


def _listening(tables: str) -> Iterator[tuple[IPv4Address | IPv6Address, int]]:
    """`  0: 0100007F:1F40 00000000:0000 0A ...` is 127.0.0.1, port 8000."""
    for line in tables.splitlines():
        words = line.split()
        if len(words) > 3 and words[3] == LISTEN:
            address, _, port = words[1].partition(":")
            yield _address(address), int(port, 16)


def _address(text: str) -> IPv4Address | IPv6Address:
    """An address is in words of 32 bits, each with its last byte first."""
    packed = b"".join(bytes.fromhex(text[i : i + 8])[::-1] for i in range(0, len(text), 8))
    return ip_address(packed)


def _is_loopback(address: IPv4Address | IPv6Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
