"""Whom or what answers are about: names that can be kept, and who may read what is said of a person."""

import unicodedata

from interlock.engine.access.permissions import may
from interlock.engine.rollout.people import same_person
from interlock.terms.access import Caller
from interlock.terms.errors import BadInput
from interlock.terms.instrument import Instrument

SUBJECT_MAX = 200
PERSON = "person"


def check_subject(subject: str) -> None:
    """Raises BadInput for a name that is no line of text, or too long to be one."""
    if not subject.strip():
        raise BadInput("say what it is about: the name may not be empty")
    if len(subject) > SUBJECT_MAX:
        raise BadInput(f"the name of what it is about has {len(subject):,} characters; at most {SUBJECT_MAX} are kept")
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in subject):
        raise BadInput("the name of what it is about is one line of text")


def sees_others(caller: Caller, instrument: Instrument, subject: str) -> bool:
    """What is said about a person is for that person, and for those who may read it."""
    return instrument.about != PERSON or same_person(caller.name or "", subject) or may(caller, "person", "read")
