"""What stays in memory is left alone when Python looks for garbage, and garbage is found all the same."""

import gc
import weakref

from interlock.wiring.memory import OBJECTS_OF_MANY_REQUESTS, settle, settle_for_many


class Knot:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_kept_is_not_looked_through_again_and_garbage_is_found_at_the_next_call() -> None:
    kept = Knot()
    seen = weakref.ref(kept)
    try:
        settle()
        assert not any(one is kept for one in gc.get_objects())
        del kept
        gc.collect()
        assert seen() is not None
        settle()
        assert seen() is None
    finally:
        gc.unfreeze()


def test_a_worker_of_many_requests_settles_and_looks_less_often() -> None:
    before = gc.get_threshold()
    kept = Knot()
    try:
        settle_for_many()
        assert not any(one is kept for one in gc.get_objects())
        assert gc.get_threshold()[0] == OBJECTS_OF_MANY_REQUESTS > before[0]
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
