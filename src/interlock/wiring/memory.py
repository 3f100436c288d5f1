"""What a server keeps in memory is left alone when Python looks for garbage."""

import gc

EVERY_NEW = 20_000


def settle() -> None:
    """Leave out what is in memory by now when Python looks for garbage, until this is called again.

    All threads wait while it looks: for a portfolio that is kept for pages a fifth of a second, every few seconds.
    What nobody uses any more goes all the same, except where it holds itself: that is looked for here.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def look_seldom() -> None:
    """Look for garbage less often: each request makes many things that go by themselves, and few that hold each other.

    Python looks after every 700 new things unless told otherwise, several times a request under load.
    """
    settle()
    gc.set_threshold(EVERY_NEW, 20, 20)
