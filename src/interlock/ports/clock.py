"""The time, told to the core by the outside."""

import datetime as dt
from collections.abc import Callable

# Returns an aware time in UTC.
Clock = Callable[[], dt.datetime]
