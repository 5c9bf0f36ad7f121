"""What the articles and quotes of a corpus are like, in numbers, and how far two corpora differ.

Data flows one way: articles of an edition → `traits` (counts of one article) → `summary` (sums,
percentiles, shares) → `comparison` (divergences of two corpora) → `display`. Everything is read off
words and spans, so that corpora with other schemes are measured the same way.
"""
