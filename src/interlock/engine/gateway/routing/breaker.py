"""Circuit breaking: a place that fails again and again is left alone for a while, then tried with one request."""

from dataclasses import dataclass

FAILURES_MAX = 5
OPEN_S = 10.0
OPEN_S_MAX = 120.0


@dataclass(slots=True)
class Breaker:
    """Of one place, in one process. Times are seconds of a clock that never goes back.

    Closed: all pass. After `FAILURES_MAX` failures in a row it opens for `OPEN_S`; then one request is let through: if
    it fails, the breaker stays open twice as long (`OPEN_S_MAX` at most), otherwise it closes.
    """

    failures: int = 0
    open_until: float = 0.0
    open_s: float = OPEN_S
    trying: bool = False

    def lets_through(self, now: float) -> bool:
        """Whether a request may be sent; True for the one that tries whether the place is back."""
        if self.failures < FAILURES_MAX:
            return True
        if now < self.open_until or self.trying:
            return False
        self.trying = True
        return True

    def succeeded(self) -> None:
        """An answer came that was no failure of the place."""
        if self.failures:
            self.failures, self.open_s, self.trying = 0, OPEN_S, False

    def failed(self, now: float) -> None:
        """No answer came, or one that says that the place cannot answer."""
        was_trying, self.trying = self.trying, False
        self.failures += 1
        if self.failures >= FAILURES_MAX:
            if was_trying:
                self.open_s = min(2 * self.open_s, OPEN_S_MAX)
            self.open_until = now + self.open_s

    def left_alone(self) -> None:
        """The request ended without telling anything about the place (its caller left)."""
        self.trying = False

    @property
    def is_open(self) -> bool:
        """Whether it holds requests back, for people to see."""
        return self.failures >= FAILURES_MAX
