"""What redaction is worth on the half of the public templates that no pattern was tuned on. Figures: reference page."""

import os
from pathlib import Path

import pytest


@pytest.mark.skipif(not os.environ.get("INTERLOCK_DATA"), reason="data not here: set INTERLOCK_DATA")
def test_nearly_all_values_are_taken_out_and_little_else() -> None:
    from redaction import measured

    tallies = measured(Path(os.environ["INTERLOCK_DATA"]), half=1)
    assert set(tallies) == {"email", "phone", "credit_card", "iban", "us_ssn", "ip_address"}
    for kind, tally in tallies.items():
        assert tally.of >= 10, kind
        assert (tally.recall.value or 0) >= 0.97, kind
        assert (tally.precision.value or 0) >= 0.92, kind
