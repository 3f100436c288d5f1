"""Unpredictable bytes, for audit salts."""

from collections.abc import Callable

Randomness = Callable[[int], bytes]
