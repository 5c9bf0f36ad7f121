"""Versions of a dataset: what changed between two, what a new one must be called, is a copy whole.

`sides` opens what is compared, `comparison` walks both in the order of their ids, `rules` says
what a change demands. `gate` refuses, `writing` makes a release, `verification` checks a copy.
"""
