"""What a visitor is refused for; the page that tells it is made elsewhere."""


class NotSignedIn(Exception):
    """Nobody is known to be looking."""


class NotAllowed(Exception):
    """Who looks may not do this; the argument is the `resource:action` that it takes."""


class NotThere(Exception):
    """There is no such thing, or nothing that this visitor may know of: both look the same.

    The argument, if any, says why that may be, in sentences that are true of both.
    """


class Forged(Exception):
    """A form that none of our own pages sent, or one of a session that has ended since."""
