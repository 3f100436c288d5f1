"""What column names suggest. Weights order the suggestions within a role; they are judgement, not measurement."""

import re
from collections.abc import Mapping

LABEL: Mapping[str, float] = {
    **dict.fromkeys(("final_label", "human_label", "gold_label", "true_label"), 12.0),
    **dict.fromkeys(("human_decision", "final_decision"), 12.0),
    "label": 11.0, "decision": 10.5, "gold": 10.2, "ground_truth": 10.1, "y_true": 10.1, "intent": 10.0,
    "assignment_group": 9.8, "queue": 9.6, "category": 9.5, "target": 9.0, "class": 8.8, "outcome": 8.6,
    "verdict": 8.4, "disposition": 8.2, "ref_answer": 8.0, "expected": 7.8, "approved": 7.6, "approval": 7.5,
    "product": 7.2, "department": 7.1, "topic": 7.0, "human": 6.9, "team": 6.8, "assigned_to": 6.6, "route": 6.5,
    "resolution": 6.4, "fraud": 6.3, "churn": 6.2, "y": 6.1, "sentiment": 6.0, "result": 5.9, "action": 5.8,
    "closed_code": 5.4, "activity": 5.2, "reason": 5.0, "severity": 4.2, "priority": 4.0, "type": 3.8, "status": 3.4,
    "state": 3.2, "default": 3.0,
}  # fmt: skip
TEXT: Mapping[str, float] = {
    "text": 10.0, "full_text": 10.0, "message": 9.5, "body": 9.5, "narrative": 9.0, "complaint": 8.5,
    "description": 8.5, "question": 8.0, "query": 8.0, "prompt": 8.0, "utterance": 8.0, "input": 7.5, "request": 7.0,
    "email": 7.0, "content": 7.0, "comment": 7.0, "comments": 7.0, "review": 7.0, "feedback": 7.0, "sentence": 7.0,
    "transcript": 7.0, "document": 6.5, "details": 6.0, "note": 5.0, "notes": 5.0, "ticket": 5.0,
    "post": 5.0, "tweet": 5.0,
}  # fmt: skip
HEADLINE: Mapping[str, float] = {
    "subject": 5.5, "title": 5.0, "headline": 5.0, "short_description": 5.0, "summary": 5.0,
}  # fmt: skip
# what a model wrote and people judged: part of the case when people decided
JUDGED: Mapping[str, float] = {"output": 1.0, "completion": 1.0, "generation": 1.0, "candidate": 1.0}
# what people wrote when or after they decided: reading it would give the decision away
AFTERWARDS: Mapping[str, float] = {
    "answer": 1.0, "reply": 1.0, "response": 1.0, "resolution": 1.0, "resolved": 1.0, "closed": 1.0, "close": 1.0,
    "closure": 1.0, "solution": 1.0, "disposition": 1.0, "reasoning": 1.0, "explanation": 1.0, "rationale": 1.0,
}  # fmt: skip
PREDICTION: Mapping[str, float] = {
    "prediction": 10.0, "predicted": 10.0, "predicted_label": 10.0, "y_pred": 10.0, "pred": 9.0, "model_answer": 9.0,
    "ai_label": 9.0, "model_label": 9.0, "ai": 8.0, "llm": 8.0, "model": 7.0, "suggestion": 7.0, "suggested": 7.0,
    "proposal": 7.0, "proposed": 7.0, "bot": 6.0, "machine": 6.0, "auto": 6.0, "gpt": 6.0, "claude": 6.0, "judge": 5.0,
}  # fmt: skip
CONFIDENCE: Mapping[str, float] = {
    "confidence": 10.0, "probability": 9.0, "score": 8.0, "prob": 8.0, "conf": 8.0, "certainty": 8.0, "proba": 8.0,
}  # fmt: skip
GROUP: Mapping[str, float] = {
    **dict.fromkeys(("conversation", "thread", "session", "dialog", "dialogue", "chat"), 8.0),
    **dict.fromkeys(("case", "ticket", "incident", "request", "claim", "application", "order", "invoice", "task"), 7.0),
    **dict.fromkeys(("number", "id"), 5.9),
    **dict.fromkeys(
        ("customer", "client", "account", "user", "member", "caller", "patient", "requester", "sender", "borrower"), 6.0
    ),
}  # fmt: skip
TIME: Mapping[str, float] = {
    **dict.fromkeys(("created", "opened", "received", "submitted", "reported", "arrived"), 6.0),
    **dict.fromkeys(("timestamp", "time", "datetime", "occurred"), 5.0),
    "date": 4.5, "start": 4.0, "updated": 3.0, "modified": 3.0, "sent": 2.8, "at": 2.5,
    **dict.fromkeys(("closed", "resolved", "ended", "due", "end", "merged"), 1.2),
}  # fmt: skip
SLICE: Mapping[str, float] = {
    **dict.fromkeys(("segment", "market", "region", "country", "language", "channel", "product", "subset"), 3.0),
    **dict.fromkeys(("priority", "type", "source", "via", "state", "impact", "urgency", "tier", "plan"), 2.0),
}

_KEY_ENDS = frozenset({"id", "ids", "no", "nr", "num", "number", "key", "uuid", "hash", "ref", "code"})
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_A-Za-z]+")


def name_parts(name: str) -> tuple[str, ...]:
    """A name's words in lower case: "assignedTo", "assigned to" and "ASSIGNED_TO" are the same."""
    return tuple(part.lower() for part in _PARTS.findall(name))


def weight(name: str, hints: Mapping[str, float]) -> float:
    """How strongly a name suggests the role; 0.0 is not at all.

    The whole name counts fully, its end one less, any other part two less (but more than nothing).
    """
    parts = name_parts(name)
    best = 0.0
    for start in range(len(parts)):
        for end in range(start + 1, len(parts) + 1):
            found = hints.get("_".join(parts[start:end]))
            if found is not None:
                whole = start == 0 and end == len(parts)
                less = 0.0 if whole else 1.0 if end == len(parts) else 2.0
                best = max(best, found - less, 0.1)
    return best


def names_a_key(name: str) -> bool:
    """Whether the name ends like the name of a key: customer_id, order number."""
    parts = name_parts(name)
    return bool(parts) and parts[-1] in _KEY_ENDS
