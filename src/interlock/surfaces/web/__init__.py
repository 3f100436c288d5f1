"""The web application: pages that leaders, owners, reviewers and auditors open every day."""
