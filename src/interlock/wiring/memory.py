"""What a server keeps in memory is left alone when Python looks for garbage."""

import gc


def settle() -> None:
    """Leave out what is in memory by now when Python looks for garbage, until this is called again.

    All threads wait while it looks: for a portfolio that is kept for pages a fifth of a second, every few seconds.
    What nobody uses any more goes all the same, except where it holds itself: that is looked for here.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
