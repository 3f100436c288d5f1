"""Texts and money as rules and reasons write them."""


def quoted(text: str) -> str:
    """A Cedar string with this text."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    return sign if sign.isprintable() else f"\\u{{{ord(sign):x}}}"


def usd(cents: int) -> str:
    """Cents as people write them."""
    sign, size = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{size // 100:,}.{size % 100:02} USD"


def clock(minute: int) -> str:
    """A minute of the day; the last one may be the end of the day, 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"
