"""Pages of the message log, latest first, by the moment and the number that are its key: the log has no other."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from himdept.common.errors import Unreadable
from himdept.common.paging import SIZE
from records.exchange.models import InboundMessage

signer = signing.Signer(salt="records.exchange.keyset")


@dataclass(frozen=True)
class Page:
    """Some messages, and the positions to ask for those before and after them."""

    rows: list[InboundMessage]
    previous: str | None
    next: str | None

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)


def page_of(messages: QuerySet[InboundMessage], *, at: str = "", size: int = SIZE) -> Page:
    """The page at a position (none: the latest). Raises Unreadable for a position that was not made here."""
    back, moment, number = position_of(at) if at else (False, None, None)
    if moment:
        compare = "gt" if back else "lt"
        # The first condition lets the months be passed over that lie wholly on the other side.
        messages = messages.filter(
            Q(**{f"received_at__{compare}": moment}) | Q(received_at=moment, **{f"id__{compare}": number}),
            **{f"received_at__{compare}e": moment},
        )
    order = ("received_at", "id") if back else ("-received_at", "-id")
    found = list(messages.order_by(*order)[: size + 1])
    more, rows = len(found) > size, found[:size]
    if back:
        rows.reverse()
    before, after = (more, True) if back else (bool(moment), more)
    return Page(
        rows,
        position(rows[0], back=True) if before and rows else None,
        position(rows[-1], back=False) if after and rows else None,
    )


def position(message: InboundMessage, *, back: bool) -> str:
    return signer.sign_object([back, message.received_at.isoformat(), str(message.id)])


def position_of(at: str) -> tuple[bool, datetime, UUID]:
    try:
        back, moment, number = signer.unsign_object(at)
        return back, datetime.fromisoformat(moment), UUID(number)
    except (signing.BadSignature, ValueError, TypeError) as problem:
        raise Unreadable(
            _("This place in the list is not known. Start again from the first page."), field="at"
        ) from problem
