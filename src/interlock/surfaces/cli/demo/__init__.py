"""`interlock demo`: the whole life of one governed workflow, told step by step."""
