"""The few exceptions of our own; what a rule says about a case is a value (Decision, Finding), never one of these."""


class InterlockError(Exception):
    """Something cannot go on; the message says what happened and what to do next."""


class BadInput(InterlockError):
    """What a person gave cannot be used; nothing was written. The message names the file, the place and the mend."""


class Unavailable(InterlockError):
    """Machinery (store, disk, network address) cannot be reached or written; nothing was applied."""


class Refused(InterlockError):
    """A rule of the house refused an act of a person. The refusal is recorded."""
