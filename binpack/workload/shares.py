"""Reading so many copies, or so many per cent of them: ``2``, ``25%``."""

from __future__ import annotations

import re

from binpack.workload.node import Node
from binpack.workload.scaling import Share

_SHARE = re.compile(r"([0-9]{1,9})(%?)", re.ASCII)


def read_share(node: Node, what: str, most: int | None = None) -> Share:
    """The share. what : is counted, for messages. most : percentage that is allowed at the most.

    InputError for any other text; a number in quotes is none, as for Kubernetes (``IsValidPercent``).
    """
    found = _SHARE.fullmatch(node.text.strip())
    if found is None or (node.quoted and not found[2]):
        fix = "write the number without quotes" if found else ""
        raise node.error(node.describe(), f"a number of {what}, or a percentage such as 50%", fix)
    share = Share(int(found[1]), bool(found[2]))
    if most is not None and share.percent and share.number > most:
        raise node.error(node.describe(), f"at most {most}%")
    return share
