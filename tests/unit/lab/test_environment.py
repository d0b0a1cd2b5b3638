"""Read how a kernel accounts CPU time from its configuration."""

import gzip
from pathlib import Path

import pytest

from levelbench.lab.environment import cpu_accounting, cpu_model, hardware_counters
from levelbench.model.run import CpuAccounting

CONFIGURATION = """
CONFIG_TICK_CPU_ACCOUNTING=y
# CONFIG_VIRT_CPU_ACCOUNTING_GEN is not set
CONFIG_IRQ_TIME_ACCOUNTING=y
CONFIG_HAVE_PARAVIRT_TIME_ACCOUNTING=y
"""
FOUND = CpuAccounting(
    irq_time_accounting=True,
    paravirt_time_accounting=False,
    virt_cpu_accounting_gen=False,
    tick_cpu_accounting=True,
)


def test_it_is_read_from_the_kernel_or_from_the_distributions_file(tmp_path: Path) -> None:
    packed, plain = tmp_path / "config.gz", tmp_path / "config-6.1"
    plain.write_text(CONFIGURATION)
    assert cpu_accounting([packed, plain]) == FOUND
    packed.write_bytes(gzip.compress(CONFIGURATION.encode()))
    plain.write_text("CONFIG_TICK_CPU_ACCOUNTING=y")
    assert cpu_accounting([packed, plain]) == FOUND


@pytest.mark.parametrize("content", [None, b"", b"no gzip", b"\x1f\x8b\x08"])
def test_without_a_readable_configuration_it_is_unknown(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "config.gz"
    if content is not None:
        file.write_bytes(content)
    assert cpu_accounting([file]) is None


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("model name\t: AMD EPYC\nmodel\t\t: 1\n", "AMD EPYC"),
        ("cpu\t\t: POWER9, altivec supported\n", "POWER9, altivec supported"),
        ("cpu MHz : 2000\n", None),
        ("", None),
    ],
)
def test_a_processor_has_the_name_that_the_kernel_shows(
    tmp_path: Path, text: str, model: str | None
) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(text)
    assert cpu_model(file) == model


def test_two_arm_processors_are_not_the_same(tmp_path: Path) -> None:
    """Neither has a name: rates of the one were used on the other, without a word."""
    file = tmp_path / "cpuinfo"
    found = []
    for part in ("0xd0c", "0xd40"):
        file.write_text(f"CPU implementer\t: 0x41\nCPU part\t: {part}\nCPU revision\t: 1\n")
        found.append(cpu_model(file))
    assert found == [f"ARM, implementer 0x41, part {n}, revision 1" for n in ("0xd0c", "0xd40")]


@pytest.mark.parametrize(
    ("devices", "has"),
    [
        (("breakpoint", "msr", "software"), False),
        (("cpu",), True),
        (("cpu_core", "cpu_atom"), True),
    ],
)
def test_hardware_counters_are_a_device_of_the_kernel(
    tmp_path: Path, devices: tuple[str, ...], has: bool
) -> None:
    for name in devices:
        (tmp_path / name).mkdir()
    assert hardware_counters(tmp_path) is has
    assert hardware_counters(tmp_path / "none") is None
