"""KPI values in a CSV file: one row a value, every fault of the file at once."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from interlock.flows.measure.kpi import KpiValue
from interlock.terms.errors import BadInput

T = TypeVar("T")
NEEDED = ("kpi", "value", "from", "to")
COLUMNS = (*NEEDED, "n", "low", "high", "segment", "control", "unit")
YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}
BYTES_MAX = 10_000_000


def read_kpi_file(path: Path) -> tuple[KpiValue, ...]:
    """The values. Raises BadInput with file, line, field and mend of every fault."""
    rows = list(_rows(path))
    faults: list[str] = []
    values = [value for line, row in rows if (value := _value(path, line, row, faults)) is not None]
    if faults:
        raise BadInput(f"{path} cannot be recorded:\n" + "\n".join(f"  {fault}" for fault in faults))
    if not values:
        raise BadInput(f"{path} holds no rows under its header; write one for each value")
    return tuple(values)


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        if path.stat().st_size > BYTES_MAX:
            raise BadInput(f"{path} is larger than {BYTES_MAX:,} bytes; record it in parts")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as exc:
        raise BadInput(f"{path} cannot be read ({exc.strerror or exc}); name a CSV file") from exc
    except UnicodeDecodeError as exc:
        raise BadInput(f"{path} is not UTF-8 text; save it as CSV in UTF-8") from exc
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in reader.fieldnames or ()]
        _check_header(path, header)
        reader.fieldnames = header
        for row in reader:
            yield reader.line_num, row
    except csv.Error as exc:
        raise BadInput(f"{path}:{reader.line_num}: this is not CSV: {exc}") from exc


def _check_header(path: Path, header: list[str]) -> None:
    missing = [name for name in NEEDED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    if missing or unknown or len(set(header)) < len(header):
        found = [*(f"{name} is missing" for name in missing), *(f"'{name}' is no column" for name in unknown)]
        words = "; ".join(found) or "a column is there twice"
        raise BadInput(f"{path}:1: {words}; columns are {', '.join(COLUMNS)}, the first four are needed")


def _value(path: Path, line: int, row: Mapping[str, str], faults: list[str]) -> KpiValue | None:
    place = f"{path}:{line}"
    if None in row or any(cell is None for cell in row.values()):
        faults.append(f"{place}: has more or fewer cells than the header; a comma in a cell needs quotes around it")
        return None
    cells = {name: cell.strip() for name, cell in row.items()}
    before = len(faults)
    value = _number(place, "value", cells["value"], float, faults)
    n = _number(place, "n", cells.get("n", ""), int, faults)
    low, high = (_number(place, name, cells.get(name, ""), float, faults) for name in ("low", "high"))
    control = YES_NO.get(cells.get("control", "").casefold())
    if control is None:
        faults.append(f"{place}: control: '{cells['control']}' is neither yes nor no")
    faults.extend(f"{place}: {name}: is empty; fill it in" for name in NEEDED if not cells[name])
    if value is None or len(faults) > before:
        return None
    return KpiValue(
        cells["kpi"], value, cells["from"], cells["to"], n, low, high, cells.get("segment") or None, bool(control),
        cells.get("unit") or None, place,
    )  # fmt: skip


def _number(place: str, name: str, cell: str, read: Callable[[str], T], faults: list[str]) -> T | None:
    if not cell:
        return None
    try:
        return read(cell)
    except ValueError:
        faults.append(f"{place}: {name}: '{cell}' is no number; write it with digits and a point")
        return None
