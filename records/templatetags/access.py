"""An entry of the access log: who it was, and the address of all that they did."""

from django import template

from records.confidentiality import words
from records.confidentiality.models import AccessLog

register = template.Library()
register.simple_tag(words.who, name="access_who")
register.simple_tag(words.account, name="access_account")


@register.simple_tag(takes_context=True)
def access_by(context, entry: AccessLog) -> str:
    """The list as it stands, narrowed to whoever did this, by the number of their account; of an operator nothing."""
    return context["filters"].address_without("who", who=str(entry.user_id)) if entry.user_id else ""
