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


def without_values(problem: Exception) -> str:
    """An error in a line that can be kept and shown: what kind it is, and no value that might identify a patient.

    Our own refusals are written for people. Of the database's only the first line is kept (the next ones quote rows),
    and of those about a value not even that, for they quote it. Of anything else the name of its class must do.
    """
    if isinstance(problem, DomainError):
        return problem.message
    cause = problem.__cause__ or problem
    state = getattr(cause, "sqlstate", None) or ""
    kind = type(cause).__name__
    if not state or state.startswith("22"):
        return f"{kind} ({state})" if state else kind
    return f"{kind} ({state}): {str(cause).partition('\n')[0]}"[:500]
