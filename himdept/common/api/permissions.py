"""Which action of a resource asks for which permission."""

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission


class HoldsActionPermission(BasePermission):
    """Refuses every action that the view's `action_permissions` table does not name: it fails closed.

    A method that the address has no action for is 405 for whoever is somebody at all.
    """

    message = "No scope of this token allows this."

    def has_permission(self, request, view):
        if not (request.user and request.user.is_active):
            return False
        action = getattr(view, "action", None)
        if request.method not in view.allowed_methods:
            raise MethodNotAllowed(request.method)
        wanted = getattr(view, "action_permissions", {}).get(action or request.method.lower())
        return bool(wanted and request.user.has_perm(wanted))
