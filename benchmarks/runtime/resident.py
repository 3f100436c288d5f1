"""How much memory this process has, as the kernel counts it."""

from pathlib import Path

KB_IN_MB = 1024


def resident_mb() -> float:
    """Resident now."""
    return _mb("VmRSS")


def peak_mb() -> float:
    """Resident at the most, since the program was started: getrusage would tell that of whoever started it, too."""
    return _mb("VmHWM")


def _mb(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / KB_IN_MB for line in lines if line.startswith(f"{name}:"))
