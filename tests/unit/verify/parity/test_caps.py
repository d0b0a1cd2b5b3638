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
