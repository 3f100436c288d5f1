"""Whether what looks like a known thing is one: check digits, a calendar, a number of digits."""

import datetime as dt
import re

_DIGITS = re.compile(r"[0-9]+")
_TELEPHONE_DIGITS = range(7, 16)  # ITU-T E.164: at most 15
_GROUPS = re.compile(r"[0-9]{3}[ .-][0-9]{3}[ .-][0-9]{4}")
_YEAR_IF_NONE = 2000  # a leap year: the 29th of February is a day


def is_iban(text: str) -> bool:
    """Its two check digits are right (ISO 13616)."""
    compact = text.replace(" ", "").upper()
    if not 15 <= len(compact) <= 34 or not compact.isalnum() or not compact.isascii():
        return False
    return int("".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])) % 97 == 1


def is_card(text: str) -> bool:
    """13 to 19 digits, the last of which checks the others (Luhn)."""
    digits = [int(sign) for sign in text if sign.isdigit()]
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def is_date(text: str) -> bool:
    """There is such a day; of two small numbers either may be the month."""
    numbers = [int(number) for number in _DIGITS.findall(text)]
    month = next((month for month, begins in enumerate(_MONTHS, 1) if begins in text.lower()), None)
    if month is not None:
        year = numbers[1] if len(numbers) > 1 else _YEAR_IF_NONE
        return _is_day(year, month, numbers[0])
    first, second, third = numbers
    if first > 99:
        return _is_day(first, second, third)
    year = third if third > 99 else 2000 + third
    return _is_day(year, second, first) or _is_day(year, first, second)


def is_clock_time(text: str) -> bool:
    """A time of day."""
    hour, minute, *second = (int(number) for number in _DIGITS.findall(text))
    return hour <= 24 and all(number < 60 for number in (minute, *second))


def is_telephone(text: str) -> bool:
    """7 to 15 digits that begin as a number that is dialled, or in the groups in which Americans write theirs."""
    if sum(sign.isdigit() for sign in text) not in _TELEPHONE_DIGITS or text.count("(") != text.count(")"):
        return False
    return text.startswith(("+", "0", "(")) or _GROUPS.fullmatch(text) is not None


def is_reference(text: str) -> bool:
    """At least three signs, one of them a digit: "order status" has no number."""
    return len(text) >= 3 and any(sign.isdigit() for sign in text)


def is_web_address(text: str) -> bool:
    """There is something behind the scheme."""
    return len(text.partition("://")[2]) > 2


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
