"""What can go wrong, in words a person can act on. The edge (page, API, command) picks the status."""


class DomainError(Exception):
    """A rule of the department refuses this; the message says which, and what would be accepted."""

    status = 422

    def __init__(self, message: str, *, field: str = ""):
        super().__init__(message)
        self.message, self.field = message, field


class Conflict(DomainError):
    """Somebody else was faster, or what was confirmed is no longer true."""

    status = 409


class Unreadable(DomainError):
    """The input cannot be understood at all; `field` says where it breaks."""

    status = 400
