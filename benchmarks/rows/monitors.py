"""M rows: how often monitors of audits raise a false alarm, and how soon they see a change."""

from rows.bench import Bench
from rows.streams import decisions, median_in_words, share_decided

BUDGET, HEALTHY, CHANGED = 0.02, 0.01, 0.06
AUDITS, GOOD, WATCHED = 2500, 2000, 4000
OURS = {"e-SR": "D (e-detector)", "restart": "restarted e-process"}
# Median audits to the alarm after a change at once / after 2,000 good audits; in the design.
SAID = {
    "cumulative binomial": "100 / 850 (false .21)",
    "betting e-process": "174 / missed",
    "restarted e-process": "147 / 343",
    "D (e-detector)": "189 / 166",
    "ADWIN": "missed / 400",
}
RATES = {"alpha": BUDGET, "alpha/2": BUDGET / 2.0}


def run(bench: Bench) -> None:
    rows = {
        f"M-{short}-FA2500 p={label}": (kind, rate) for short, kind in OURS.items() for label, rate in RATES.items()
    }
    if bench.wants(rows):
        bench.say(f"\nMonitors: false alarms within {AUDITS} audits, alpha = 2 %, {bench.draws} streams a row")
    for id_, (kind, rate) in rows.items():
        if bench.wants([id_]):
            bench.bar(id_, share_decided(decisions(bench, kind, BUDGET, (rate, AUDITS), seed=1)))
    if bench.wants(["M-others"]):
        _others(bench)


def _others(bench: Bench) -> None:
    draws = max(101, bench.draws // 2)
    bench.say(f"Median audits from a change (1 % to 6 %) to the alarm, {draws} streams; no bars")
    bench.say(f"{'':<22}{'at once':>10}{'after 2,000 good':>18}{'false at p = alpha':>20}   in the design")
    for kind, said in SAID.items():
        at_once = decisions(bench, kind, BUDGET, (CHANGED, WATCHED), seed=3, draws=draws)
        later = decisions(bench, kind, BUDGET, (HEALTHY, GOOD), (CHANGED, WATCHED), seed=2, draws=draws)
        false = share_decided(decisions(bench, kind, BUDGET, (BUDGET, AUDITS), seed=1, draws=draws))
        medians = f"{median_in_words(at_once):>10}{median_in_words(later, after=GOOD):>18}"
        bench.say(f"{kind:<22}{medians}{false:>20.3f}   {said}")
