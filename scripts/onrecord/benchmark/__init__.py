"""Scoring extractors against gold: matching, tasks, intervals, significance, signature.

Data flows one way: a file of predictions and an edition of the corpus → `cases` (one article, gold
and predicted, aligned and matched) → counts per article by every task in `tasks.TASKS` → sums by
story → measures, intervals and tests. A report reads the same cases (`outcomes`).
"""
