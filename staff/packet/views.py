"""The packet of a personnel file that a surveyor asks for: one click makes the PDF, and the trail says who made it."""

import io

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common import typesetting
from himdept.common.audit import acting_as, looked_at
from himdept.common.reports import CONTENT_TYPES
from himdept.common.web import acts_from
from staff.employment.models import Employee
from staff.packet.contents import contents
from staff.packet.file import file_of


@acts_from("person_credentials", "number")
@permission_required("staff.keep_credential", raise_exception=True)
def person_packet(request, number: int):
    """The file of somebody of one's line as PDF: the gaps on its first page, no pay and no discipline anywhere."""
    person = get_object_or_404(Employee.objects.led_by(request.user), pk=number)
    packet = contents(file_of(person), by=request.user)
    laid_out = typesetting.laid_out(packet, packet.sections)
    laid_out["words"]["confidential"] = _("Confidential: of a personnel file. For those who need it for their work.")
    out = io.BytesIO()
    typesetting.typeset(laid_out, out, at=timezone.now())
    with acting_as(request.user, because="packet"):
        looked_at(person)
    response = HttpResponse(out.getvalue(), content_type=CONTENT_TYPES["pdf"])
    made = timezone.localtime().strftime("%Y-%m-%d-%H%M")
    response.headers["Content-Disposition"] = f'attachment; filename="personnel-file-{made}.pdf"'
    return response
