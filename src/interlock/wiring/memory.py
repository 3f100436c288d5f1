"""What a server keeps in memory is left alone when Python looks for garbage."""

import gc

OBJECTS_OF_MANY_REQUESTS = 5_000


def settle() -> None:
    """Leave out what is in memory by now when Python looks for garbage, until this is called again.

    All threads wait while it looks: for a portfolio that is kept for pages a fifth of a second, every few seconds.
    What nobody uses any more goes all the same, except where it holds itself: that is looked for here.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def settle_for_many() -> None:
    """Settle, and look for garbage once for many requests: hundreds that are under way together are none.

    Left to itself Python looks each 700 objects, and goes through what all of them hold: 16 % of what a gateway's
    worker uses at 64 connections, 5 % so.
    """
    settle()
    gc.set_threshold(OBJECTS_OF_MANY_REQUESTS)
