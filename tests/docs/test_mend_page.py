"""Every message that docs/how-to/mend-a-file.md lists is what `interlock try` says of such a file, and no other."""

import gzip
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from interlock.wiring.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "mend-a-file.md"
ROW = re.compile(r"^\| `(?P<message>[^`]+)` \|", re.MULTILINE)
GOOD = "message,queue\n" + "".join(f"my parcel number {i} has not come yet,{'ab'[i % 2]}\n" for i in range(400))
ANSWERED = "message,queue,ai,score\n" + "".join(
    f"my parcel number {i} has not come yet,{'ab'[i % 2]},{'ab'[i % 2]},0.{i % 90 + 10}\n" for i in range(400)
)
TIMED = "message,queue,received_at\n" + "".join(
    f"my parcel number {i} has not come yet,{'ab'[i % 2]},2026-01-{i % 28 + 1:02d} 10:{i % 60:02d}\n"
    for i in range(400)
)


def file_of(name: str, content: str | bytes, *options: str) -> Callable[[], list[str]]:
    """A file in the working folder, and the options to try it with."""

    def make() -> list[str]:
        Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return [name, *options]

    return make


def a_folder() -> list[str]:
    Path("exports").mkdir()
    Path("exports/tickets.csv").write_text(GOOD)
    return ["exports"]


def a_file_beside() -> list[str]:
    Path("tickets.csv").write_text(GOOD)
    return ["ticket.csv"]


def somebody_elses_report() -> list[str]:
    Path("out").mkdir()
    Path("out/report.html").write_text("mine")
    return [*file_of("f.csv", GOOD)(), "--out", "out"]


def answered(content: str, *options: str) -> Callable[[], list[str]]:
    return file_of("f.csv", content, "--label", "queue", *options)


def recorded(content: str) -> Callable[[], list[str]]:
    return answered(content, "--prediction", "ai", "--confidence", "score")


ROWS_OF_JSON = [{"message": f"number {i} is here", "queue": "ab"[i % 2]} for i in range(9)]
FAULTS: dict[str, Callable[[], list[str]]] = {
    "no such file": a_file_beside,
    "no folder": lambda: ["elsewhere/tickets.csv"],
    "a folder": a_folder,
    "empty": file_of("f.csv", ""),
    "excel": file_of("f.xlsx", b"PK\x03\x04 [Content_Types].xml xl/"),
    "utf-16 without a mark": file_of("f.csv", GOOD.encode("utf-16-le")),
    "cut gzip": file_of("f.csv.gz", gzip.compress(GOOD.encode())[:200]),
    "no delimiter": file_of("f.csv", "message\nhello\nthere\n"),
    "twice": file_of("f.csv", GOOD.replace("message,queue", "queue,queue")),
    "header only": file_of("f.csv", "message,queue\n"),
    "fields": file_of("f.csv", GOOD + "hello,a,b\n"),
    "quote": file_of("f.csv", GOOD + '"hello,a\n'),
    "quote inside": file_of("f.csv", GOOD + '"hello" he said,a\n'),
    "json line": file_of("f.jsonl", "\n".join(map(json.dumps, ROWS_OF_JSON)) + '\n{"message": \n'),
    "json document": file_of("f.json", '{\n"rows": []\n}\n'),
    "json array": file_of("f.json", json.dumps(ROWS_OF_JSON)[:-1]),
    "long line": file_of("f.csv", "message,queue\n" + "x" * 1_100_000 + ",a\n"),
    "parquet": file_of("f.parquet", b"PAR1" + b"\0" * 50 + b"PAR1"),
    "unknown column": file_of("f.csv", GOOD, "--label", "queu"),
    "no label": file_of("f.csv", GOOD.replace("queue", "x7") + "hello,c\n", "--text", "message", "--group", "x7"),
    "no text": file_of("f.csv", "queue,when\n" + "a,2026-01-01\nb,2026-01-02\n" * 200),
    "half": answered(ANSWERED.replace(",score", ",x1"), "--prediction", "ai"),
    "nothing in common": recorded(ANSWERED.replace(",a,0.", ",A,0.").replace(",b,0.", ",B,0.")),
    "given twice": answered(ANSWERED, "--text", "queue"),
    "percentages": recorded(ANSWERED.replace(",0.", ",")),
    "no confidence": recorded(ANSWERED + "hello there,a,a,high\n"),
    "no time": file_of("f.csv", TIMED + "one more is here,a,soon\n", "--time", "received_at"),
    "nothing left": file_of(
        "f.csv", "message,queue\n" + "hello there you,\n" * 40, "--text", "message", "--label", "queue"
    ),
    "one decision": file_of("f.csv", GOOD.replace(",b\n", ",a\n"), "--label", "queue"),
    "too few": file_of("f.csv", "".join(GOOD.splitlines(keepends=True)[:60])),
    "share": file_of("f.csv", GOOD, "--budget", "2"),
    "somebody else's": somebody_elses_report,
    "both": answered(ANSWERED, "--prediction", "ai", "--candidate", "http://localhost:1/v1#m"),
    "address": file_of("f.csv", GOOD, "--candidate", "localhost:8000"),
}


def said(arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "argv", ["interlock", "try", *arguments])
    monkeypatch.setenv("COLUMNS", "300")
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    return " ".join(capsys.readouterr().err.split())


def pattern(message: str) -> re.Pattern[str]:
    return re.compile(".*?".join(re.escape(part) for part in message.split("...")))


@pytest.mark.parametrize("fault", FAULTS)
def test_the_message_is_listed(
    fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = said(FAULTS[fault](), capsys, monkeypatch)
    listed = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert [message for message in listed if pattern(message).search(words)], words


def test_no_message_is_listed_that_nothing_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = []
    for number, make in enumerate(FAULTS.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        heard.append(said(make(), capsys, monkeypatch))
    listed = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert [message for message in listed if not any(pattern(message).search(words) for words in heard)] == []
