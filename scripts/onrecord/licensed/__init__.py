"""Licensed articles: gold without its text, and how it finds its words in a copy of the user's own.

`texts` reads private copies, `fingerprints` says by salted hashes where words stand, `anchoring`
finds these places in a copy, `joining` makes gold for the copy of what was found, `sealing` takes
the text out of a corpus and looks for what is left of it.
"""
