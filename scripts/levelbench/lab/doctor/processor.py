"""The processor: what it is, and what sets its clock."""

from collections.abc import Iterable
from pathlib import Path

from levelbench.lab.doctor.diagnosis import Diagnosis, Figures
from levelbench.lab.topology import CPU_FOLDER

CPUINFO = Path("/proc/cpuinfo")
TURBO = {"intel_pstate/no_turbo": "0", "cpufreq/boost": "1"}
"""File -> its content where the processor may clock itself up (Documentation/admin-guide/pm/)."""
TURBO_OFF = {"intel_pstate/no_turbo": "1", "cpufreq/boost": "0"}


def model(cpuinfo: Path = CPUINFO) -> Diagnosis:
    """Model and whether it is a virtual one."""
    lines = _read(cpuinfo).splitlines()
    values = {key.strip(): value.strip() for key, _, value in (li.partition(":") for li in lines)}
    name = values.get("model name")
    # The processor's own flag, which every hypervisor on x86 sets; other kinds have none.
    virtual = "hypervisor" in values["flags"].split() if "flags" in values else None
    return Diagnosis(
        code="processor",
        name="Processor",
        found=(name or "its model is not told") + (", of a virtual machine" if virtual else ""),
        grade="note" if virtual else "ok",
        effect="What the host's other guests take is not to be seen from inside: figures differ "
        "from day to day, ratios within one run far less."
        if virtual
        else "Absolute figures hold for this model; ratios carry further.",
        remedy="Publish figures of a machine that nobody shares." if virtual else "",
        figures={"cpu_model": name, "virtual": virtual},
    )


def frequency(cpus: Iterable[int], folder: Path = CPU_FOLDER) -> Diagnosis:
    """Governor and turbo of the lab's CPUs, where the kernel tells them."""
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
            found="neither governor nor turbo is told here: the host, or the firmware, decides",
            grade="note",
            effect="The clock may change within a run, and nothing says so but the fixed loop.",
            remedy="Where you can reach the host: governor performance, turbo off.",
            figures=figures,
        )
    remedies = []
    if kinds != ["performance"]:
        remedies.append("`cpupower frequency-set --governor performance`")
    if turbo and switch:
        remedies.append(f"`echo {TURBO_OFF[switch]} > {CPU_FOLDER / switch}`")
    said = f"governor {', '.join(kinds)}" if kinds else "governor not told"
    return Diagnosis(
        code="frequency",
        name="Frequency",
        found=f"{said}; turbo {'not told' if turbo is None else 'on' if turbo else 'off'}",
        grade="note" if remedies else "ok",
        effect="The clock follows load and temperature: what runs first, or beside an idle "
        "neighbour, runs faster."
        if remedies
        else "The clock stays as it is.",
        remedy=f"As root: {'; '.join(remedies)}." if remedies else "",
        figures=figures,
    )


def _turbo(folder: Path) -> tuple[str | None, bool | None]:
    """The switch's file, and whether the processor may clock itself up."""
    for switch, on in TURBO.items():
        if content := _read(folder / switch):
            return switch, content == on
    return None, None


def _read(path: Path) -> str:
    """A file's content, stripped; empty when it is not there or not ours to read."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""
