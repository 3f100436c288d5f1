"""How authority is earned and lost: define, attest, judge, promote, demote."""
