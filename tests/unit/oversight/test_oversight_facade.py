"""The facade: its names, and what it needs to be imported and used."""

import subprocess
import sys

import interlock.oversight

WITHOUT_NUMPY = """
import sys
for name in ("numpy", "scipy"):
    sys.modules[name] = None  # importing it now raises ImportError
from interlock.oversight import *
assert labels_needed(0.02) == 149
assert PromotionTest(0.02).expected_labels(0.005) == 327
assert not DemotionMonitor(0.02).observe(True)
assert not BreachMonitor(0.02).observe(False)
assert recheck([RecordedDraw("a", audit_draw("a", salt="s"), True)], salt="s", share=1.0) == ()
plan = audit_share(cost_wrong_usd=50, cost_review_usd=2, automatic_per_day=1000, budget=0.02, drift_error_rate=0.06,
                   drifts_per_day=1 / 90, audits_to_detect=166)
assert round(plan.share, 3) == 0.043
try:
    certify([0.5], [0], budget=0.02)
except ImportError:
    print("needs the extra")
"""


def test_all_but_certify_and_estimates_work_with_the_standard_library_alone() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_NUMPY], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "needs the extra\n", "")


def test_every_public_name_is_there_and_documented() -> None:
    for name in interlock.oversight.__all__:
        assert getattr(interlock.oversight, name).__doc__
