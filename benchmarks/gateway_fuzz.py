"""Does the gateway hold what it promises for any traffic, for as long as is wanted?

    python benchmarks/gateway_fuzz.py                   # 2,000 examples of each property: some minutes
    python benchmarks/gateway_fuzz.py --examples 50000

The gateway's own application in this process, with an upstream that answers as each example wants it: any bodies, cut
anywhere; any headers; any answers, whole and streamed, cut anywhere; personal data among words; several tenants. Never
a failure of ours, never a value that should have stayed, never another's answer. Ends with status 1 where one is found.
"""

import argparse
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import gateway_properties as hold
from gateway_in_process import inside
from runtime.bars import Bars

PROPERTIES = (
    hold.any_request_is_answered,
    hold.every_part_may_be_odd,
    hold.any_caller_is_answered,
    hold.any_answer_is_survived,
    hold.personal_data_stays_here,
    hold.personal_data_does_not_come_out,
    hold.nothing_crosses,
    hold.every_request_is_on_record_and_paid,
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=2_000, help="of each property")
    parser.add_argument("--only", default="", help="properties whose name holds this")
    asked = parser.parse_args()
    bars = Bars()
    for holds in (one for one in PROPERTIES if asked.only in one.__name__):
        with tempfile.TemporaryDirectory(prefix="interlock-fuzz-") as folder, inside(Path(folder)) as here:
            began, broken = time.monotonic(), 0
            try:
                holds(here, asked.examples)
            except Exception:  # noqa: BLE001 - the next property is looked at all the same
                broken = 1
                traceback.print_exc()
        words = (holds.__doc__ or "").strip().splitlines()[0]
        bars.at_most(f"{words} {asked.examples:,} examples, {time.monotonic() - began:.0f} s; broken", broken, 0)
    print(f"\n{bars.held} bars held, {bars.missed} missed")
    return 1 if bars.missed else 0


if __name__ == "__main__":
    sys.exit(main())
