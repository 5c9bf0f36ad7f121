"""Annotators against each other: how far they find the same and call it the same.

Data flows one way: layers of an edition → `readings` (one article, all its layers in question) →
`counting` (what they share) → sums by story → `benchmark.measures` and intervals → `agreeing`.
Quotes are matched one to one as the benchmark does, so that a figure of agreement can stand beside
a score.
"""
