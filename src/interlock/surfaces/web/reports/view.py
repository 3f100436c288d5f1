"""What the pages of documents show, as plain values with words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interlock.engine.reporting.documents import CROSSWALK, KINDS, OfOne
from interlock.flows.reporting.made import LastMade
from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, PASSED, State, said
from interlock.terms.document import Document, Form, Making

NAMES: Mapping[str, str] = {
    "monthly": "Monthly update",
    "board": "Board summary, quarterly",
    "vendors": "Vendor dossier",
    "concept": "Proof of concept",
    "result": "90-day result",
    "model-card": "Model card",
    "dpia": "Data protection impact assessment, draft",
    CROSSWALK: "Compliance crosswalk",
}
FORM_NAMES: Mapping[Form, str] = {
    Form.HTML: "HTML",
    Form.PDF: "PDF",
    Form.SLIDES: "Slides (PPTX)",
    Form.MARKDOWN: "Markdown",
    Form.JSON: "JSON",
}
MEDIA: Mapping[Form, str] = {
    Form.HTML: "text/html; charset=utf-8",
    Form.PDF: "application/pdf",
    Form.SLIDES: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    Form.MARKDOWN: "text/markdown; charset=utf-8",
    Form.JSON: "application/json",
}
CHOICES = tuple((form.value, FORM_NAMES[form]) for form in (Form.PDF, Form.SLIDES, Form.MARKDOWN))
STATES: Mapping[Making, State] = {
    Making.WAITING: said(INCONCLUSIVE, "Waits"),
    Making.AT_WORK: said(INCONCLUSIVE, "Is being made"),
    Making.READY: said(PASSED, "Ready"),
    Making.FAILED: said(FAILED, "Could not be made"),
}
SELECTED_MAX = 200  # so many names in a list to choose from; where there are more, one is typed


@dataclass(frozen=True, slots=True)
class KindShown:
    """A kind of document: what it is for, and when it was made last."""

    kind: str
    name: str
    purpose: str
    about: str
    last: LastMade | None


@dataclass(frozen=True, slots=True)
class FormShown:
    """A form of a document: ready with its size in bytes, to be made, at work, or failed with the reason."""

    form: Form
    ending: str
    name: str
    size: int | None
    at_work: bool
    fault: str


def kinds_shown(last: Mapping[str, LastMade]) -> tuple[KindShown, ...]:
    """Every kind, in the order of the command line."""
    return tuple(
        KindShown(kind, NAMES[kind], of.purpose, "one workflow" if isinstance(of, OfOne) else "all", last.get(kind))
        for kind, of in KINDS.items()
    )


def title_of_all(kinds: int, ready: int) -> str:
    """The title of the page of all documents."""
    said = f"{ready} {'document is' if ready == 1 else 'documents are'} ready for you; " if ready else ""
    return f"{said}{kinds} kinds can be made from what is on record"


def name_of(document: Document) -> str:
    """What the document is, with the workflow that it is about."""
    name = NAMES[document.asked.report]
    return f"{name}: {document.asked.workflow}" if document.asked.workflow else name


def title_of(document: Document) -> str:
    """The conclusion of the document, and before it has one how far it is."""
    if document.making is Making.FAILED:
        return f"{name_of(document)} could not be made"
    return document.title or f"{name_of(document)} is being made"


def step_of(document: Document, before: int) -> str:
    """What is done at this moment, in words."""
    if document.making is Making.WAITING:
        return f"{before} documents are made before it" if before else "It is the next"
    how_far = f", {document.done:,} of {document.of:,} entries" if document.of else ""
    return f"{document.step[:1].upper()}{document.step[1:]}{how_far}"


def forms_shown(document: Document) -> tuple[FormShown, ...]:
    """Every form, with what can be done about it."""
    return tuple(
        FormShown(
            form,
            form.value[1:],
            FORM_NAMES[form],
            len(document.forms[form]) if form in document.forms else None,
            form in document.wanted,
            document.failed.get(form, ""),
        )
        for form in Form
    )


def file_name(document: Document, form: Form) -> str:
    """A name under which somebody keeps it: what it is, of which workflow, from which day. Plain letters only."""
    parts = (document.asked.report, document.asked.workflow or "", document.asked_at[:10])
    told = "-".join(part for part in parts if part)
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "-" for sign in told) + form.value


def about_one(kind: str) -> bool:
    """Whether a document of that kind is about one workflow."""
    return isinstance(KINDS[kind], OfOne)


def workflow_choices(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Workflows to choose from; none where there are too many for a list."""
    return tuple((name, name) for name in names) if len(names) <= SELECTED_MAX else ()
