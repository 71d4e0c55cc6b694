"""What was done to a document at the moment when it was complete: it was written, signed or co-signed."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from himdept.common.moments import Moment
from records.inventory.models import Document


class Act(StrEnum):
    """By the names of the fields; what happened at once is told by the first here."""

    SIGNED = "signed"
    COSIGNED = "cosigned"
    WRITTEN = "authored"


class Done(NamedTuple):
    act: Act
    moment: Moment


def at(document: Document, moment: datetime | None) -> Done | None:
    """The act of that very moment (UTC); None where the document knows of none, because its times have changed."""
    for act in Act:
        done = when(document, act)
        if done is not None and done.first == moment:
            return Done(act, done)
    return None


def when(document: Document, act: Act) -> Moment | None:
    first = getattr(document, f"{act}_first")
    return None if first is None else Moment(first, getattr(document, f"{act}_last"))
