"""interlock.ports.trials.Trials: a few processes at a time, and everything deleted after its time."""

import datetime as dt
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from interlock.adapters.trials import files
from interlock.adapters.trials.work import Work, begin, ending
from interlock.ports.clock import Clock
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.trial import Trial, TrialAsked, TrialState

AT_ONCE = 2
LASTS_MAX = dt.timedelta(minutes=15)
_TOO_LONG = (
    f"It was ended after {LASTS_MAX.total_seconds() / 60:.0f} minutes, the most that a file is given here. Try fewer "
    "rows, or `interlock try` on a terminal, which has no such limit."
)
OF_ONE_MAX = 5
OF_ALL_MAX = 20


@dataclass(slots=True)
class _Kept:
    trial: Trial
    folder: Path
    sample: str | None
    work: Work | None = None
    started: dt.datetime | None = None
    until: dt.datetime | None = None
    ready: bool = False  # its file is there


class TrialDesk:
    """`command` starts a process, to which the folder of a trial is added; those folders lie in `parent`."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        sample: Path,
        parent: Path,
        clock: Clock,
        bytes_max: int,
        kept_minutes: int = 60,
        at_once: int = AT_ONCE,
    ) -> None:
        self._command, self._environment, self._sample = command, environment, sample
        self._clock, self._bytes_max, self._at_once = clock, bytes_max, at_once
        self._kept_minutes, self._parent = kept_minutes, parent
        self._folder: Path | None = None
        self._lock = threading.RLock()
        self._kept: dict[str, _Kept] = {}

    @property
    def kept_minutes(self) -> int:
        return self._kept_minutes

    def begin(self, owner: str, name: str, content: BinaryIO, asked: TrialAsked) -> Trial:
        with self._lock:
            kept = self._new(owner, files.plain_name(name), asked, sample=None)
        try:
            files.keep(content, kept.folder, name, bytes_max=self._bytes_max)
        except BaseException:
            with self._lock:
                self._delete(kept)
            raise
        return self._queued(kept)

    def begin_sample(self, owner: str, asked: TrialAsked) -> Trial:
        with self._lock:
            return self._queued(self._new(owner, self._sample.name, asked, sample=str(self._sample)))

    def again(self, trial: Trial, asked: TrialAsked) -> Trial:
        with self._lock:
            kept = self._kept.get(trial.id)
            if kept is None or kept.trial.owner != trial.owner or not kept.trial.state.ended:
                raise BadInput("the file is gone, or still at work: give it once more")
            for name in (files.PROGRESS, files.OUTCOME, files.REPORT, files.FIGURES):
                (kept.folder / name).unlink(missing_ok=True)
            fresh = Trial(
                trial.id, trial.owner, trial.file, kept.trial.authored, asked, TrialState.WAITING, self._at(),
                columns=kept.trial.columns,
            )  # fmt: skip
            del self._kept[trial.id]
            return self._queued(_Kept(fresh, kept.folder, kept.sample))

    def find(self, owner: str, id_: str) -> Trial | None:
        self.look()
        with self._lock:
            kept = self._kept.get(id_)
            return self._seen(kept) if kept is not None and kept.trial.owner == owner else None

    def of(self, owner: str) -> tuple[Trial, ...]:
        self.look()
        with self._lock:
            return tuple(self._seen(kept) for kept in reversed(self._kept.values()) if kept.trial.owner == owner)

    def cancel(self, trial: Trial) -> None:
        with self._lock:
            kept = self._kept.get(trial.id)
            if kept is None or kept.trial.owner != trial.owner or kept.trial.state.ended:
                return
            self._end(kept, TrialState.CANCELLED, "You ended it.")
            self._start()

    def forget(self, trial: Trial) -> None:
        with self._lock:
            kept = self._kept.get(trial.id)
            if kept is not None and kept.trial.owner == trial.owner:
                self._delete(kept)
            self._start()

    def forget_all(self, owner: str) -> None:
        with self._lock:
            for kept in [kept for kept in self._kept.values() if kept.trial.owner == owner]:
                self._delete(kept)
            self._start()

    def report(self, trial: Trial) -> Path | None:
        return self._made(trial, files.REPORT)

    def figures(self, trial: Trial) -> Path | None:
        return self._made(trial, files.FIGURES)

    def look(self) -> None:
        with self._lock:
            now = self._clock()
            for kept in list(self._kept.values()):
                if kept.until is not None and now >= kept.until:
                    self._delete(kept)
                elif kept.work is not None:
                    self._look_at(kept, kept.work, now)
            self._start()

    def close(self) -> None:
        with self._lock:
            for kept in list(self._kept.values()):
                self._delete(kept)
            if self._folder is not None:
                files.delete(self._folder)
                self._folder = None

    def _new(self, owner: str, name: str, asked: TrialAsked, *, sample: str | None) -> _Kept:
        of_owner = [kept for kept in self._kept.values() if kept.trial.owner == owner]
        if any(not kept.trial.state.ended for kept in of_owner):
            raise BadInput("a file of yours is at work already: wait for its answer, or cancel it")
        if len(of_owner) >= OF_ONE_MAX:
            raise BadInput(f"{OF_ONE_MAX} trials of yours are kept: delete one that you need no more")
        if len(self._kept) >= OF_ALL_MAX:
            raise Unavailable(f"{OF_ALL_MAX} files are being tried or kept here; try again in some minutes")
        if self._folder is None:
            self._folder = files.own_folder(self._parent)
        id_ = secrets.token_urlsafe(16)
        folder = self._folder / id_
        folder.mkdir(mode=0o700)
        trial = Trial(id_, owner, name, sample is not None, asked, TrialState.WAITING, self._at())
        kept = self._kept[id_] = _Kept(trial, folder, sample)
        return kept

    def _queued(self, kept: _Kept) -> Trial:
        with self._lock:
            files.write_json(kept.folder / files.ASKED, files.asked_as_json(kept.trial.asked, sample=kept.sample))
            self._kept[kept.trial.id] = kept
            kept.ready = True
            self._start()
            return self._seen(kept)

    def _start(self) -> None:
        running = sum(kept.work is not None for kept in self._kept.values())
        for kept in self._kept.values():
            if running >= self._at_once:
                return
            if kept.ready and kept.trial.state is TrialState.WAITING:
                kept.work = begin(self._command, kept.folder, self._environment)
                kept.started = self._clock()
                kept.trial = replace(kept.trial, state=TrialState.RUNNING)
                running += 1

    def _look_at(self, kept: _Kept, work: Work, now: dt.datetime) -> None:
        status = work.status
        if status is None:
            if kept.started is not None and now - kept.started > LASTS_MAX:
                self._end(kept, TrialState.FAILED, _TOO_LONG)
            return
        outcome = files.read_json(kept.folder / files.OUTCOME)
        if not outcome:
            self._end(kept, TrialState.FAILED, ending(status))
            return
        self._end(kept, TrialState(outcome["state"]), str(outcome["words"]), str(outcome.get("headline", "")))

    def _end(self, kept: _Kept, state: TrialState, words: str, headline: str = "") -> None:
        seen = self._seen(kept)  # how far it came is told also of what was ended
        now = self._clock()
        if kept.work is not None:
            kept.work.end()
        kept.work, kept.until = None, now + dt.timedelta(minutes=self._kept_minutes)
        kept.trial = replace(
            seen, state=state, words=words, headline=headline, ended_at=_stamp(now), kept_until=_stamp(kept.until)
        )

    def _seen(self, kept: _Kept) -> Trial:
        trial = kept.trial
        if trial.state is TrialState.WAITING:
            waiting = [one.trial.id for one in self._kept.values() if not one.trial.state.ended]
            return replace(trial, before=waiting.index(trial.id) if trial.id in waiting else 0)
        if trial.state is not TrialState.RUNNING:
            return trial
        told = files.read_json(kept.folder / files.PROGRESS)
        return replace(
            trial, step=str(told.get("step", "")), share=float(told.get("share", 0.0)),
            told=tuple(told.get("told", ())), columns=dict(told.get("columns", trial.columns)),
        )  # fmt: skip

    def _made(self, trial: Trial, name: str) -> Path | None:
        with self._lock:
            kept = self._kept.get(trial.id)
            if kept is None or kept.trial.owner != trial.owner or kept.trial.state is not TrialState.DONE:
                return None
            return kept.folder / name

    def _delete(self, kept: _Kept) -> None:
        if kept.work is not None:
            kept.work.end()
        self._kept.pop(kept.trial.id, None)
        files.delete(kept.folder)

    def _at(self) -> str:
        return _stamp(self._clock())


def _stamp(now: dt.datetime) -> str:
    return now.isoformat(timespec="seconds")
