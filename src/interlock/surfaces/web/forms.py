"""Forms: only those that one of our own pages sent count; what was typed is kept and shown again with its faults."""

import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from interlock.surfaces.http.origin import is_foreign
from interlock.surfaces.web.refusals import Forged
from interlock.surfaces.web.visitor import Who

FIELDS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field: shown beside it, and at the top with a link to it. `field` "": with the whole."""

    field: str
    words: str


@dataclass(slots=True)
class Form:
    """What was sent. Faults are gathered with `fault` and shown by the macro `error_summary`."""

    sent: Mapping[str, Sequence[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def text(self, name: str, default: str = "") -> str:
        """The field without blanks around it."""
        return self.raw(name, default).strip()

    def raw(self, name: str, default: str = "") -> str:
        """The field as it was typed, the last one where it came several times."""
        return ([default, *self.sent.get(name, ())])[-1]

    def many(self, name: str) -> tuple[str, ...]:
        """Every value of a field, without blanks around them and without empty ones."""
        return tuple(value.strip() for value in self.sent.get(name, ()) if value.strip())

    def has(self, name: str) -> bool:
        """Whether the field came at all, such as a box that was ticked."""
        return name in self.sent

    def needed(self, name: str, words: str) -> str:
        """The field; where it is empty, a fault with these words."""
        value = self.text(name)
        if not value:
            self.fault(name, words)
        return value

    def fault(self, name: str, words: str) -> None:
        """Note what is wrong with a field."""
        self.faults.append(Fault(name, words))

    def fault_of(self, name: str) -> str:
        """What is wrong with a field, "" for nothing."""
        return next((one.words for one in self.faults if one.field == name), "")


async def posted(request: Request, who: Who) -> Form:
    """The form of somebody who is signed in. Raises Forged where it did not come from one of their own pages."""
    form = await posted_by_anybody(request)
    if not hmac.compare_digest(form.raw("csrf").encode(), who.csrf.encode()):
        raise Forged
    return form


async def posted_with_file(request: Request, who: Who) -> AsyncIterator[tuple[Form, UploadFile | None]]:
    """The same with the file that was sent as `file`, if any: on the disk and not in memory. Raises Forged."""
    _check_origin(request)
    async with request.form(max_fields=FIELDS_MAX, max_files=1) as data:
        form, file = Form(_texts(data)), data.get("file")
        if not hmac.compare_digest(form.raw("csrf").encode(), who.csrf.encode()):
            raise Forged
        yield form, file if isinstance(file, UploadFile) else None


async def posted_by_anybody(request: Request) -> Form:
    """A form before somebody is signed in. Raises Forged where a browser says that another site sent it."""
    _check_origin(request)
    return Form(_texts(await request.form(max_fields=FIELDS_MAX, max_files=0)))


def _check_origin(request: Request) -> None:
    if is_foreign(request.headers):
        raise Forged


def _texts(data: FormData) -> Mapping[str, Sequence[str]]:
    texts: dict[str, list[str]] = {}
    for name, value in data.multi_items():
        if not isinstance(value, UploadFile):
            texts.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\0", ""))
    return texts


Posted = Annotated[Form, Depends(posted)]
PostedFile = Annotated[tuple[Form, UploadFile | None], Depends(posted_with_file)]
PostedByAnybody = Annotated[Form, Depends(posted_by_anybody)]
