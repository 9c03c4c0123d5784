"""Many texts at once: any table of texts, all of its rows read, and a CSV file back.

It asks what is served (`demo.serving`) and knows neither pictures nor the page, which show it.
"""

from demo.batch.format import Limits, Row
from demo.batch.run import (
    CHUNK,
    Done,
    Verdict,
    as_csv,
    cells,
    harmless,
    header,
    read,
    resume,
    verdicts,
    write,
)
from demo.batch.table import Table

__all__ = [
    "CHUNK",
    "Done",
    "Limits",
    "Row",
    "Table",
    "Verdict",
    "as_csv",
    "cells",
    "harmless",
    "header",
    "read",
    "resume",
    "verdicts",
    "write",
]
