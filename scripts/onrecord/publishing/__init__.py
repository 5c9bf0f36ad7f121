"""Publishing a dataset: its figures, its Croissant description, and sending it where others read.

`sending.publish` sends a verified dataset folder to a `Destination`: a dataset repository of the
Hub (`hub`) or a folder of any file system (`folders`).
"""
