"""What commands print: words of others cannot command a terminal."""

import io

from rich.table import Table
from rich.text import Text

from interlock.wiring.console import PipedConsole

HOSTILE = "a\x1b[2J\x1b]0;owned\x07b\x9b31m\u202ec\r"


def test_words_of_others_are_shown_and_not_obeyed() -> None:
    out = io.StringIO()
    console = PipedConsole(file=out, force_terminal=True, width=120, highlight=False)
    table = Table(HOSTILE)
    table.add_row(Text(HOSTILE))
    console.print(Text(f"{HOSTILE}\nשלום \U0001f600 né\u00a0e"), style="bold")
    console.print(table)
    console.print(HOSTILE, markup=False)
    said = out.getvalue()
    assert [part for part in ("\x1b[2J", "\x1b]", "\x07", "\x9b", "\u202e", "\r") if part in said] == []
    assert "\x1b[1m" in said, "its own styles are still there"
    assert "\nשלום \U0001f600 né\u00a0e" in said.replace("\x1b[0m", "").replace("\x1b[1m", "")
