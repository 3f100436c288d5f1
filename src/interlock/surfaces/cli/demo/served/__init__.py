"""`interlock serve --demo`: the sample company, and in it a workflow that is at work while the server runs."""
