"""Ids of regions that say which record they are, such as `quote__q1` or `mark__m2__open`.

The editor makes CSS classes of them, so that only letters, digits, `-` and `_` are safe; a record
id holds no `__` and no `-_`.
"""

import re
from typing import Final

from onrecord.labelstudio.controls import LABELS

_OURS: Final = re.compile(rf"(?:quote|{'|'.join(LABELS)})__(.+)")


def region_id(kind: str, record: str, *rest: object) -> str:
    """The id of a region of a record; `rest` tells regions of one record apart."""
    return "__".join([kind, record.replace(".", "-_"), *map(str, rest)])


def record_id(region: str) -> str | None:
    """The id of the record that a region is; None where the editor made the region."""
    match = _OURS.fullmatch(region)
    return match[1].split("__")[0].replace("-_", ".") if match else None
