"""Requests to take over a model that say so outright: written down as rules, for what is too short to be weighed."""

from interlock.engine.gateway.redaction.scanning import scanner

CERTAIN_PERMILLE = 950  # what a rule finds is an alarm

_GAP = r"(?:[ \t]+[A-Za-z'\-]+){0,4}?[ \t]+"
_GIVEN = (
    r"(?:previous|prior|above|earlier|preceding|foregoing|initial|original|starting|system|hidden|secret|developer)"
)
_ORDERS = (
    r"(?:instructions?|directions?|directives?|prompts?|guidelines?|guardrails?|programming|messages?|configuration)"
)
_RULES = {
    "sets instructions aside": (
        rf"\b(?:ignore|disregard|forget|override|bypass|discard){_GAP}(?:{_GIVEN}|your)"
        rf"(?:[ \t]+[a-z]+)?[ \t]+{_ORDERS}\b"
    ),
    "asks for the instructions": (
        rf"\b(?:reveal|show|print|repeat|output|display|tell|share|leak|expose|encode|translate|recite|dump|see|summari[sz]e)"
        rf"{_GAP}(?:{_GIVEN}[ \t]+)(?:{_GIVEN}[ \t]+)?{_ORDERS}\b"
        rf"|\bwhat[ \t]+(?:are|were|is|was)[ \t]+(?:your|the|those){_GAP.replace('+', '*', 1)}{_GIVEN}[ \t]+{_ORDERS}\b"
        rf"|\byour[ \t]+{_GIVEN}[ \t]+(?:prompt|instructions)\b"
    ),
    "switches a mode": (
        r"\b(?:developer|debug(?:ging)?|god|dan|jailbreak|maintenance|unrestricted|unfiltered|sudo)[ \t]+mode[ \t]+"
        r"(?:is[ \t]+)?(?:now[ \t]+)?(?:enabled|activated|on|engaged)\b"
        r"|\byou[ \t]+are[ \t]+now[ \t]+in[ \t]+(?:[a-z]+[ \t]+){0,2}mode\b|\bdo[ \t]+anything[ \t]+now\b"
    ),
    "lifts restrictions": (
        r"\byou[ \t]+(?:have[ \t]+no|know[ \t]+no|follow[ \t]+no|obey[ \t]+no|are[ \t]+(?:free|freed)[ \t]+(?:of|from))"
        r"(?:[ \t]+[a-z]+){0,2}[ \t]+(?:restrictions|guidelines|filters?|limitations|censorship|ethics|morals)\b"
        r"|\b(?:without|ignor(?:e|ing))[ \t]+(?:all[ \t]+|any[ \t]+)?(?:ethical|moral|content|safety)[ \t]+"
        r"(?:restrictions|guidelines|filters?|limitations|policies)\b"
    ),
    "plays the application": (
        r"<\|(?:im_start|system|start_header_id)\|>|\[/?INST\]|<</?SYS>>"
        r"|\bBEGIN[ \t]+(?:NEW[ \t]+)?SYSTEM[ \t]+PROMPT\b"
    ),
}
ANY = "(?i:" + "|".join(_RULES.values()) + ")"
_ANY = scanner(ANY)
_EACH = {name: scanner(f"(?i){pattern}") for name, pattern in _RULES.items()}


def broken_rules(data: bytes) -> tuple[str, ...]:
    """The names of the rules that find something in folded text."""
    if not _ANY.search(data):
        return ()
    return tuple(name for name, pattern in _EACH.items() if pattern.search(data))
