"""What a candidate is called in a sentence."""

from interlock.terms.evaluation import CandidateEvaluation, CandidateKind


def called(candidate: CandidateEvaluation) -> str:
    """The candidate's name within a sentence."""
    if candidate.kind is CandidateKind.EXTERNAL:
        return candidate.name
    if candidate.kind is CandidateKind.RECORDED:
        return "the AI that made the recorded predictions"
    return f"the {candidate.name}"


def called_first(candidate: CandidateEvaluation) -> str:
    """The candidate's name at the beginning of a sentence."""
    name = called(candidate)
    return name if candidate.kind is CandidateKind.EXTERNAL else name[0].upper() + name[1:]
