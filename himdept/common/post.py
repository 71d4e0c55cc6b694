"""Handing a letter to the mail server, where what was claimed for it is given back when it does not go out."""

import logging
import smtplib
from collections.abc import Callable

from django.core.mail import EmailMessage

from himdept.common.errors import without_values

logger = logging.getLogger(__name__)


def hand_over(letter: EmailMessage, person: int, *, give_back: Callable[[], None]) -> bool:
    """Send a letter to a person (their number); whether the server took it.

    What the server refuses for this address hinders nobody else. Raises OSError when the server is not to be had.
    """
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as problem:
        logger.warning("The mail to person %d was refused: %s", person, without_values(problem))
        give_back()
        return False
    except OSError:  # SMTPException is one
        give_back()
        raise
    return True
