"""Documents that are made one after the other beside a server's answers, and kept a while for whoever asked."""

import base64
import datetime as dt
import threading
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from interlock.engine.timestamp import moment, stamp
from interlock.flows.reporting.made import Sources, briefing_of, check, note_made
from interlock.ports.randomness import Randomness
from interlock.terms.access import EVERYWHERE, Scope
from interlock.terms.briefing import Briefing
from interlock.terms.compliance import Framework
from interlock.terms.document import Asked, Document, Form, Making
from interlock.terms.errors import BadInput, InterlockError, Unavailable
from interlock.terms.person import Person

ID_BYTES = 16
KEPT = dt.timedelta(hours=1)
KEPT_MAX = 24  # documents; a large portfolio's are megabytes each
WAITING_MAX = 12
WAITING_OF_ONE_MAX = 4
FIRST = (Form.JSON, Form.HTML)  # every document has these: what it is known by, and what is read on the screen


class Makings:
    """A queue that one worker works off: `work` does the next thing. Safe for threads.

    What was made is in memory only: a server that is started anew makes it again, from the same records.
    """

    def __init__(self, sources: Sources, randomness: Randomness) -> None:
        self._sources, self._randomness = sources, randomness
        self._lock = threading.Lock()
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._briefings: dict[str, Briefing] = {}
        self._queue: deque[str] = deque()

    @property
    def sources(self) -> Sources:
        """What documents are made with."""
        return self._sources

    def ask(self, asked: Asked, forms: Sequence[Form], *, by: Person, reach: Sequence[Scope]) -> Document:
        """Put a document on the queue, to be read in HTML and JSON and in `forms`.

        Raises BadInput where none can be meant, Unavailable where too many wait.
        """
        check(self._sources, asked)
        new = Document(
            id=base64.urlsafe_b64encode(self._randomness(ID_BYTES)).decode().rstrip("="),
            asked=asked,
            by=by,
            reach=tuple(reach),
            asked_at=stamp(self._sources.clock()),
            wanted=tuple(dict.fromkeys((*FIRST, *forms))),
        )
        with self._lock:
            self._forget_old()
            self._check_room(by)
            self._documents[new.id] = new
            self._queue.append(new.id)
        return new

    def also(self, document: Document, form: Form) -> Document:
        """Have a document that is ready written in one more form. Raises BadInput where it is gone or failed,
        Unavailable where too many wait.
        """
        with self._lock:
            now = self._documents.get(document.id)
            if now is None or now.making is Making.FAILED:
                raise BadInput("this document is not kept any more; make it again")
            if form in now.forms or form in now.wanted:
                return now
            if now.making is Making.READY:
                self._check_room(now.by)
                self._queue.append(now.id)
            failed = {one: why for one, why in now.failed.items() if one is not form}
            making = Making.WAITING if now.making is Making.READY else now.making
            return self._put(replace(now, wanted=(*now.wanted, form), failed=failed, making=making))

    def frameworks(self) -> Sequence[Framework]:
        """Frameworks and laws that a crosswalk can be about."""
        return self._sources.frameworks()

    def find(self, id_: str, *, by: Person, reach: Sequence[Scope]) -> Document | None:
        """A document as it stands; None where there is none, it is somebody else's, or its reader may no longer see all
        that is in it.
        """
        with self._lock:
            found = self._documents.get(id_)
        if found is None or found.by != by or not (EVERYWHERE in reach or set(found.reach) <= set(reach)):
            return None
        return found

    def of(self, by: Person) -> tuple[Document, ...]:
        """Everything that is kept for somebody, the newest first."""
        with self._lock:
            return tuple(one for one in reversed(self._documents.values()) if one.by == by)

    def before(self, document: Document) -> int:
        """How many documents are made before this one."""
        with self._lock:
            waiting = list(self._queue)
        return waiting.index(document.id) if document.id in waiting else 0

    def work(self) -> bool:
        """Make the next document, or the next form of one; whether there was anything to do. One thread calls this."""
        with self._lock:
            self._forget_old()
            id_ = self._queue.popleft() if self._queue else None
        if id_ is None:
            return False
        self._change(id_, making=Making.AT_WORK)
        try:
            self._make(id_)
        except InterlockError as exc:
            self._change(id_, making=Making.FAILED, fault=str(exc), ended_at=self._now())
        except Exception:
            self._change(
                id_, making=Making.FAILED, fault="the server failed at it; its log says why", ended_at=self._now()
            )
            raise
        return True

    def _make(self, id_: str) -> None:
        briefing = self._briefings.get(id_) or self._read(id_)
        while (form := self._next_form(id_)) is not None:
            self._change(id_, step=f"writing {form}", done=0, of=None)
            try:
                self._written(id_, form, self._sources.write(briefing, form))
            except (Unavailable, BadInput) as exc:
                self._not_written(id_, form, str(exc))

    def _next_form(self, id_: str) -> Form | None:
        """The next one that is wanted; None, and the document is ready, where there is none."""
        with self._lock:
            now = self._documents[id_]
            if not now.wanted:
                self._put(replace(now, making=Making.READY, step="", ended_at=self._now()))
            return next(iter(now.wanted), None)

    def _read(self, id_: str) -> Briefing:
        self._change(id_, step="verifying the ledger")

        def progress(done: int, total: int | None) -> None:
            self._change(id_, done=done, of=total)

        document = self._now_of(id_)
        briefing = briefing_of(self._sources, document.asked, document.reach, progress)
        self._change(
            id_, title=briefing.title, summary=briefing.summary, unknown=len(briefing.unknown), done=0, of=None
        )
        with self._lock:
            self._briefings[id_] = briefing
        return briefing

    def _written(self, id_: str, form: Form, content: bytes) -> None:
        document = self._now_of(id_)
        entry = document.entry
        if form is Form.JSON and entry is None:
            entry = note_made(self._sources, document.asked, document.reach, content, by=document.by)
        with self._lock:
            now = self._documents[id_]
            wanted = tuple(one for one in now.wanted if one is not form)
            self._put(replace(now, forms={**now.forms, form: content}, wanted=wanted, entry=entry))

    def _not_written(self, id_: str, form: Form, why: str) -> None:
        with self._lock:
            now = self._documents[id_]
            wanted = tuple(one for one in now.wanted if one is not form)
            self._put(replace(now, failed={**now.failed, form: why}, wanted=wanted))

    def _check_room(self, by: Person) -> None:
        waiting = [self._documents[id_] for id_ in self._queue]
        if len(waiting) >= WAITING_MAX:
            raise Unavailable(f"{len(waiting)} documents wait to be made; ask again in a few minutes")
        if sum(one.by == by for one in waiting) >= WAITING_OF_ONE_MAX:
            raise Unavailable(f"{WAITING_OF_ONE_MAX} documents of yours wait to be made; wait for one of them")

    def _forget_old(self) -> None:
        """What has had its time, and the oldest where there are too many; never what is still to be made."""
        now = self._sources.clock()
        ended = (Making.READY, Making.FAILED)
        done = [one for one in self._documents.values() if one.making in ended]
        old = [one for one in done if moment(one.ended_at or one.asked_at) + KEPT <= now]
        left = [one for one in done if one not in old]
        for one in (*old, *left[: max(len(left) - KEPT_MAX, 0)]):
            del self._documents[one.id]
            self._briefings.pop(one.id, None)

    def _change(self, id_: str, **changes: Any) -> None:
        with self._lock:
            self._put(replace(self._documents[id_], **changes))

    def _put(self, document: Document) -> Document:
        self._documents[document.id] = document
        return document

    def _now_of(self, id_: str) -> Document:
        with self._lock:
            return self._documents[id_]

    def _now(self) -> str:
        return stamp(self._sources.clock())
