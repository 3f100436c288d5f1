"""Is it one? What was found is checked by the rules of its kind (ISO/IEC 7812-1, ISO 13616-1, RFC 4291, the SSA's)."""

import ipaddress
from itertools import pairwise

CARD_DIGITS_MIN, CARD_DIGITS_MAX = 12, 19
# ISO 13616-1 registry: the length of an account number by country.
IBAN_LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "FK", "FO", "GL", "NL", "SD"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "MN", "XK"), 20),
    **dict.fromkeys(("CH", "CR", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "BH", "DE", "GB", "GE", "IE", "ME", "RS", "VA"), 22),
    **dict.fromkeys(("AE", "GI", "IL", "IQ", "OM", "SO", "TL"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
    **dict.fromkeys(("LY", "PT", "ST"), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("BI", "DJ", "FR", "GR", "IT", "MC", "MR", "SM"), 27),
    **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HN", "HU", "LB", "NI", "PL", "SV"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
    **dict.fromkeys(("JO", "KW", "MU", "YE"), 30),
    **dict.fromkeys(("MT", "SC"), 31),
    **dict.fromkeys(("LC",), 32),
    **dict.fromkeys(("RU",), 33),
}


def luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def card(digits: str) -> bool:
    """A payment card: an issuer's first digits, the length that goes with them, and the check digit."""
    length = len(digits)
    if not CARD_DIGITS_MIN <= length <= CARD_DIGITS_MAX or len(set(digits)) == 1:
        return False
    return _issued(digits, length) and luhn(digits)


def _issued(digits: str, length: int) -> bool:
    first, two, four = digits[0], digits[:2], digits[:4]
    if first == "4":
        return length in {13, 16, 19}
    if two in {"34", "37"}:
        return length == 15
    if two in {"30", "36", "38", "39"}:
        return length in {14, 16, 19}
    if four in {"2131", "1800"}:
        return length == 15
    if first == "2":
        return "2200" <= four <= "2720" and length == 16
    if first == "5" and "51" <= two <= "55":
        return length == 16
    return first in "56" or two == "35"  # Maestro, Discover, UnionPay, RuPay, JCB: 12 to 19


def iban_length(letters: str) -> int | None:
    """How long an account number of this country is; None for a country that has none."""
    return IBAN_LENGTHS.get(letters.upper())


def iban(compact: str) -> bool:
    """The check digits of ISO 13616-1: moved to the end and read as a number, it leaves 1 when divided by 97."""
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def us_ssn(area: str, group: str, serial: str) -> bool:
    """Numbers that the Social Security Administration never issues are none: 000, 666 and 900 to 999 first, zeros."""
    return area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000"


def ip_address(text: str) -> bool:
    """An address of a machine somewhere: not of this machine, not unspecified, not of several."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified or address.is_multicast)


_DATES = frozenset({(4, 2, 2), (2, 2, 4), (1, 2, 4), (2, 1, 4), (1, 1, 4), (4, 1, 2), (4, 2, 1), (4, 1, 1), (2, 2, 2)})


def date_like(groups: list[str]) -> bool:
    """Three groups as a calendar date has them, the year in either place: no telephone number, whatever the marks."""
    if tuple(map(len, groups[:3])) not in _DATES:
        return False
    year_first = len(groups[0]) == 4
    year, days = (groups[0], groups[1:3]) if year_first else (groups[2], groups[:2])
    if len(year) == 4 and not "1800" <= year <= "2199":
        return False
    return all(1 <= int(part) <= 31 for part in days) and any(int(part) <= 12 for part in days)


def counts_up(digits: str) -> bool:
    """12345678 or all the same: a number for show."""
    steps = {int(after) - int(before) for before, after in pairwise(digits)}
    return steps <= {0} or steps <= {1, -9} or steps <= {-1, 9}
