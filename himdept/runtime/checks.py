"""System checks of the roles (run by `migrate`, `up` and `check --database`)."""

from django.core.checks import Error, Tags, register
from django.db import connections

_ROLE = "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
_OWNS = "SELECT count(*) FROM pg_tables WHERE tableowner = current_user AND schemaname = 'public'"


@register(Tags.database)
def application_role_is_ordinary(app_configs=None, databases=None, **kwargs):
    """The application must not be able to switch off the append-only triggers that auditors rely on."""
    if not databases or "default" not in connections:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(_ROLE)
        role, is_superuser, bypasses = cursor.fetchone()
        cursor.execute(_OWNS)
        (owns,) = cursor.fetchone()
    hint = "Let DATABASE_URL name himdept_app, and DATABASE_OWNER_URL the role that owns the tables."
    if is_superuser or bypasses:
        return [
            Error(f"The application connects as {role}, which passes over every right.", hint=hint, id="runtime.E001")
        ]
    if owns:
        return [Error(f"The application connects as {role}, which owns {owns} tables.", hint=hint, id="runtime.E002")]
    return []
