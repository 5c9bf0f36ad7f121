"""Bringing other people's corpora into our shape and back: what all of them share.

A corpus or format is a `description.Corpus` (one file each in `corpora/`), whose reader yields
documents from the makers' files and tells a `ledger.Ledger` what else it finds. `importing` writes
a corpus folder from them, `exporting` writes a corpus folder in the makers' form again.
"""
