"""`onrecord extract`: any extractor over any articles, whatever it does to itself.

One way: `inputs` finds the articles, `workers` has them read in processes that can be ended, and
`runs` writes the predictions and the record of the run.
"""
