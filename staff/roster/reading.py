"""What a file of people looks like."""

from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from himdept.common import laid
from himdept.common.laid import MOST_BYTES, Read, Shape

__all__ = ["COLUMNS", "LONGEST", "MOST_BYTES", "NEEDED", "Read", "read"]

COLUMNS = (
    "number",
    "given_name",
    "family_name",
    "account",
    "unit",
    "seat",
    "job",
    "employed_since",
    "fte",
    "reports_to",
)
NEEDED = ("number", "given_name", "family_name", "seat", "employed_since")
LONGEST = 200  # characters of a cell
SHAPE = Shape(COLUMNS, NEEDED, key="number", empty=_("There is nobody in the file."), longest=LONGEST)


def read(file: BinaryIO) -> Read:
    """Read a file of people. Raises Unreadable, in words, for what is neither CSV in UTF-8 nor XLSX, or too long."""
    return laid.read(file, SHAPE)
