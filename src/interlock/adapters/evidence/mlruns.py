"""A run in MLflow's folder format (`mlruns/<experiment>/<run>/`): meta.yaml, and a file for each metric and param."""

from pathlib import Path
from typing import Any

import yaml

from interlock.adapters.evidence.source_file import SourceFile
from interlock.terms.errors import BadInput

FILES_MAX = 2_000
FILE_BYTES_MAX = 1_000_000
STATUS = {3: "FINISHED", 1: "RUNNING", 2: "SCHEDULED", 4: "FAILED", 5: "KILLED"}
PARTS = ("metrics", "params", "tags")


class RunFolder(SourceFile):
    """The run as one file: its digest is that of the names and contents of meta.yaml, metrics, params and tags."""

    def document(self) -> Any:
        """The run as the REST API gives it, each metric at its last value. Raises BadInput."""
        meta = self._meta()
        held = {part: self._part(part) for part in PARTS}
        metrics = {name: self._last(name, text) for name, text in held["metrics"].items()}
        status = meta.get("status")
        info = {**meta, "status": STATUS.get(status, status) if isinstance(status, int) else status}
        return {"info": info, "data": {"metrics": metrics, "params": held["params"]}}

    def _meta(self) -> dict[str, Any]:
        try:
            found = yaml.safe_load(self._text_of(self.path / "meta.yaml"))
        except (yaml.YAMLError, RecursionError) as exc:
            raise BadInput(f"{self.name}: meta.yaml is no YAML; log the run again") from exc
        if not isinstance(found, dict) or "run_id" not in found:
            raise BadInput(f"{self.name}: meta.yaml has no `run_id`; name the folder of one run, not of an experiment")
        return found

    def _part(self, part: str) -> dict[str, str]:
        folder = self.path / part
        found: dict[str, str] = {}
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_symlink():
                raise BadInput(f"{self.name}: {part}/{path.name} is a link; copy the file itself")
            if path.is_file():
                found[path.relative_to(folder).as_posix()] = self._text_of(path)
            if len(found) > FILES_MAX:
                raise BadInput(f"{self.name}: more than {FILES_MAX:,} {part}; log the run with those that matter")
        return found

    def _last(self, name: str, text: str) -> str:
        lines = text.strip().splitlines()
        cells = lines[-1].split() if lines else []
        if len(cells) < 2:  # time, value, and in newer versions the step
            raise BadInput(f"{self.name}: metrics/{name} has no line of time and value; log the run again")
        return cells[1]

    def _text_of(self, path: Path) -> str:
        try:
            with path.open("rb") as file:
                raw = file.read(FILE_BYTES_MAX + 1)
        except OSError as exc:
            raise BadInput(f"{self.path}: {path.name} cannot be read: {exc.strerror}; name one run's folder") from exc
        if len(raw) > FILE_BYTES_MAX:
            raise BadInput(f"{self.name}: {path.name} has more than {FILE_BYTES_MAX:,} bytes; log fewer steps")
        self.size_bytes += len(raw)
        self._hash.update(f"{path.relative_to(self.path).as_posix()}\0{len(raw)}\0".encode() + raw)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as exc:
            raise BadInput(f"{self.name}: {path.name} is not UTF-8; log the run again") from exc
