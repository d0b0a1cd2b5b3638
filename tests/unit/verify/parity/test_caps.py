import pytest

from levelbench.verify.parity.caps import observed
from tests.unit.verify.parity.recorded import recorded


def test_version_1_as_recorded() -> None:
    assert observed(recorded("caps-django.txt")) == "core 1, 1 CPU, 1024 MiB, 0 MiB swap"


def test_version_2_as_the_kernel_documents_it() -> None:
    text = "cpuset 2-3\ncpu_max 150000 100000\nmemory 536870912\nswap 0\n"
    assert observed(text) == "core 2,3, 1.5 CPU, 512 MiB, 0 MiB swap"


def test_no_quota() -> None:
    assert "no quota" in observed("cpuset 0\ncpu_max max 100000\nmemory 1048576\nswap 0\n")
    text = "cpuset 0\nquota -1\nperiod 100000\nmemory 1048576\nmemory_and_swap 2097152\n"
    assert observed(text) == "core 0, no quota, 1 MiB, 1 MiB swap"


@pytest.mark.parametrize(
    ("swap", "shown"),
    [
        ("", "swap not limited"),
        ("swap max\n", "swap not limited"),
        ("memory_and_swap 9223372036854771712\n", "swap not limited"),
        ("host_swap_kib 0\n", "0 MiB swap"),
        ("swap max\nhost_swap_kib 0\n", "0 MiB swap"),
        ("swap 0\nhost_swap_kib 4096\n", "0 MiB swap"),
        ("host_swap_kib 4096\n", "swap not limited"),
    ],
    ids=["none", "max", "v1", "no-swap", "max-of-none", "limited", "not-accounted"],
)
def test_a_kernel_that_does_not_account_swap_has_words(swap: str, shown: str) -> None:
    """It was a KeyError or a ValueError, and every contestant was left out."""
    text = f"cpuset 0\ncpu_max max 100000\nmemory 1048576\n{swap}"
    assert observed(text) == f"core 0, no quota, 1 MiB, {shown}"


def test_memory_without_a_limit_has_words() -> None:
    text = "cpuset 0\ncpu_max max 100000\nmemory max\nswap max\n"
    assert observed(text) == "core 0, no quota, memory not limited, swap not limited"


def test_missing_files_have_words() -> None:
    assert observed("") == "core not limited, no quota, memory not limited, swap not limited"
