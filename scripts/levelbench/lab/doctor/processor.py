"""Processor model, frequency governor and turbo."""

from collections.abc import Iterable
from pathlib import Path

from levelbench.lab import environment
from levelbench.lab.doctor.diagnosis import Diagnosis, Figures
from levelbench.lab.machine import CPU_FOLDER
from levelbench.model.run import CpuAccounting

CPUINFO = Path("/proc/cpuinfo")
TURBO = {"intel_pstate/no_turbo": "0", "cpufreq/boost": "1"}
"""File -> its content when turbo is on (Linux: Documentation/admin-guide/pm/)."""
TURBO_OFF = {"intel_pstate/no_turbo": "1", "cpufreq/boost": "0"}


def model(cpuinfo: Path = CPUINFO) -> Diagnosis:
    """Diagnose the processor: its model, and whether it is virtual."""
    lines = _read(cpuinfo).splitlines()
    values = {key.strip(): value.strip() for key, _, value in (li.partition(":") for li in lines)}
    name = environment.cpu_model(cpuinfo)
    # Every hypervisor on x86 sets this flag; other architectures have none.
    virtual = "hypervisor" in values["flags"].split() if "flags" in values else None
    return Diagnosis(
        code="processor",
        name="Processor",
        found=(name or "model unknown") + (", virtual machine" if virtual else ""),
        grade="note" if virtual else "ok",
        effect="Load of other virtual machines on the host is invisible from here: absolute values "
        "differ from day to day, ratios within one run much less."
        if virtual
        else "Absolute values are valid for this model; ratios also for similar ones.",
        remedy="Publish results from a machine that is not shared." if virtual else "",
        figures={"cpu_model": name, "virtual": virtual},
    )


def frequency(cpus: Iterable[int], folder: Path = CPU_FOLDER) -> Diagnosis:
    """Diagnose the frequency: governor and turbo of the lab's CPUs."""
    governors = {
        cpu: governor
        for cpu in cpus
        if (governor := _read(folder / f"cpu{cpu}" / "cpufreq" / "scaling_governor"))
    }
    switch, turbo = _turbo(folder)
    kinds = sorted(set(governors.values()))
    figures: Figures = {
        "governors": {str(cpu): kind for cpu, kind in governors.items()},
        "turbo": turbo,
    }
    if not governors and turbo is None:
        return Diagnosis(
            code="frequency",
            name="Frequency",
            found="governor and turbo unknown: the host or the firmware controls them",
            grade="note",
            effect="The frequency may change during a run; only the fixed loop shows it.",
            remedy="On the host, set the governor to performance and switch turbo off.",
            figures=figures,
        )
    remedies = []
    if kinds != ["performance"]:
        remedies.append("`cpupower frequency-set --governor performance`")
    if turbo and switch:
        remedies.append(f"`echo {TURBO_OFF[switch]} > {CPU_FOLDER / switch}`")
    text = f"governor {', '.join(kinds)}" if kinds else "governor unknown"
    return Diagnosis(
        code="frequency",
        name="Frequency",
        found=f"{text}; turbo {'unknown' if turbo is None else 'on' if turbo else 'off'}",
        grade="note" if remedies else "ok",
        effect="The frequency follows load and temperature: a contestant that runs first, or while "
        "other cores are idle, runs faster."
        if remedies
        else "The frequency is constant.",
        remedy=f"As root: {'; '.join(remedies)}." if remedies else "",
        figures=figures,
    )


def accounting(options: CpuAccounting | None) -> Diagnosis:
    """Diagnose how the kernel accounts CPU time."""
    if options is None:
        return Diagnosis(
            code="cpu-accounting",
            name="CPU time",
            found="accounting unknown: the kernel's configuration is not readable",
            grade="note",
            effect="CPU per request may mean something else than on another kernel: with "
            "IRQ_TIME_ACCOUNTING, for example, it excludes interrupts.",
            remedy="Provide /proc/config.gz (IKCONFIG_PROC) or /boot/config-<release>.",
            figures={"options": None},
        )
    return Diagnosis(
        code="cpu-accounting",
        name="CPU time",
        found=options.words(),
        grade="ok",
        effect=f"CPU per request {'excludes' if options.irq_time_accounting else 'includes'} the "
        "interrupts of a container's CPU; runs with other options are not compared by it.",
        figures={"options": options.model_dump()},
    )


def _turbo(folder: Path) -> tuple[str | None, bool | None]:
    """The file that switches turbo, and whether turbo is on."""
    for switch, on in TURBO.items():
        if content := _read(folder / switch):
            return switch, content == on
    return None, None


def _read(path: Path) -> str:
    """A file's content, stripped; empty if it is missing or not readable."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""
