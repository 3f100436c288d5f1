"""A request of each kind that sends JSON, by the name of the operation: authored, and small enough to be typed."""

from collections.abc import Mapping
from typing import Any

_RELEASE = "sha256:" + "5d" * 32
_EVIDENCE = "sha256:" + "7e" * 32
_PROPOSAL = {"key": "ticket-2000", "release": _RELEASE, "label": "delivery", "confidence": 0.93}
_WEEK = {"period_start": "2026-11-09", "period_end": "2026-11-15"}
_ITEM = {"item": "security", "value": 3, "words": "Reviewed in October.", "evidence": [_EVIDENCE]}
_REVIEW = {"workflow": "message-triage", "key": "ticket-2000"}
_STOPPED = {"scope": "workflow:message-triage"}

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "kill_scope": {**_STOPPED, "reason": "parcels end in the wrong queue"},
    "resume_scope": {**_STOPPED, "reason": "mended"},
    "look_again": {**_STOPPED, "wait_s": 10},
    "hold_drill": {**_STOPPED, "wait_s": 10},
    "propose_case": {"proposal": _PROPOSAL, "before": {"queue": "inbox"}, "lease_s": 30},
    "answer_step": {"number": 1, "receipt": {"reference": "move-881", "after": {"queue": "delivery"}}},
    "undo_case": _REVIEW,
    "shadow_cases": {"proposals": [_PROPOSAL]},
    "keep_text": {"key": "ticket-2000", "text": "Where is my parcel?"},
    "record_human_decision": {"key": "ticket-2000", "label": "refund", "note": "The parcel was lost."},
    "record_outcomes": {"outcomes": [{"key": "ticket-2000", "label": "delivery"}], "by": "ticket desk"},
    "attest_evidence": {"kind": "security-review", "body": {"passed": True}, "source": "security team"},
    "hand_over": {"lines": ["{}"]},
    "next_review": {"workflow": "message-triage"},
    "claim_review": {**_REVIEW, "minutes": 10},
    "release_review": _REVIEW,
    "decide_review": {**_REVIEW, "label": "refund", "reason": "wrong-label", "note": "The parcel was lost."},
    "undo_decision": _REVIEW,
    "decide_together": {"workflow": "message-triage", "keys": ["ticket-2000", "ticket-2001"], "label": "delivery"},
    "put_to_others": {**_REVIEW, "reason": "A lawyer is named in it."},
    "show_content": {"key": "ticket-2000"},
    "erase_content": {"key": "ticket-2000", "reason": "The customer asked for it."},
    "ask_for_undo": {"key": "ticket-2000", "reason": "It went to the wrong queue."},
    "verify_ledger": {"checkpoint": ""},
    "export_ledger": {"by": "Ada Quist"},
    "make_account": {"name": "Ben Okafor", "roles": ["safety-owner", "reviewer@tenant/acme"]},
    "set_roles": {"roles": ["safety-owner"]},
    "set_email": {"email": "ben.okafor@desk.example"},
    "reset_password": {"without_second_factor": False},
    "make_token": {"name": "ticket-desk", "roles": ["runtime"]},
    "make_hook": {"name": "latency-alert", **_STOPPED},
    "make_gateway_key": {
        "name": "ticket-desk-2026", "workflow": "message-triage", "client": "ticket-desk", "days": 90,
        "networks": ["10.0.0.0/8"], "limits": ["1000 requests a minute", "5.50 usd a day"],
    },
    "bar_client": {"client": "desk@id.example", "reason": "Its machine was stolen."},
    "admit_client": {"client": "desk@id.example", "reason": "It has another machine."},
    "assign_tenant": {"workflow": "message-triage", "tenant": "acme"},
    "decide_item": {"item": "message-triage/gate", "choose": "go-on", "reason": "The pilot met its targets."},
    "make_report": {"report": "monthly", "forms": [".pdf"]},
    "make_report_form": {"form": ".pptx"},
    "set_schedule": {
        "report": "monthly", "forms": [".pdf"], "every": "month", "day": 1, "minute": 480,
        "addresses": ["mailto://board@desk.example"],
    },
    "agree_action": {"what": "Relabel the refunds", "owner": "Mara Lind", "due": "2026-11-20"},
    "close_action": {"done": False, "note": "Half of them are left.", "again": "2026-11-27"},
    "hold_stand_up": {"present": ["Mara Lind", "Tess Okoro"]},
    "ask_fit": {"name": "invoice-matching", "answers": {}},
    "keep_draft": {"subject": "message-triage", "version": 0, "answers": [_ITEM]},
    "give_draft": {"subject": "message-triage", "version": 1},
    "give_answers": {"subject": "message-triage", "answers": [_ITEM]},
    "describe_organisation": {
        "organisation": "Riverside Mail Order", "council": ["Tess Okoro", "Jon Reyes"], "meets_every_days": 7,
        "responsibilities": {"platform": {"owner": ["Ivo Brandt"], "consulted": []}},
    },
    "set_calendar": {
        "zone": "Europe/Berlin", "working_days": ["mon", "tue", "wed", "thu", "fri"],
        "holidays": [{"date": "2026-12-25", "name": "Christmas"}],
        "stand_up": {"weekday": "mon", "begin_minute": 540, "minutes": 15},
        "council": {"weekday": "thu", "begin_minute": 840, "minutes": 60},
    },
    "say_retention": {"days": 90, "reason": "As the privacy notice says."},
    "preview_retention": {"days": 90},
    "begin_sample_trial": {"budget": 0.02},
    "repeat_trial": {"label": "queue", "prediction": "suggested", "confidence": "score", "budget": 0.02},
    "move_stage": {"stage": "pilot", "reason": "The gate of exploration is open."},
    "say_how_to_go_on": {"choose": "iterate", "sprints": 1, "reason": "Refunds are still relabelled."},
    "promote_workflow": {"release": _RELEASE, "level": "agent"},
    "end_grant": {"reason": "The desk is understaffed this week."},
    "give_waiver": {"gate": "pilot", "check": "red-team", "until": "2026-12-31", "reason": "Booked for December."},
    "end_waiver": {"reason": "It was held."},
    "report_incident": {"title": "Refunds went to delivery", "severity": "medium", "owner": "Mara Lind"},
    "close_incident": {"lesson": "The label 'refund' needs cases of its own."},
    "record_kpis": {"source": "ticket desk", "values": [{**_WEEK, "kpi": "hours-per-case", "value": 1.8, "n": 412}]},
    "record_expense": {**_WEEK, "bucket": "compute", "amount_usd": 310.5, "source": "invoice 2026-11"},
    "count_period": _WEEK,
}  # fmt: skip
