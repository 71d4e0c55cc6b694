"""What somebody has open when they leave, line by line, found by the data model's own foreign keys."""

from dataclasses import dataclass

from himdept.common import handover
from staff.employment.models import Employee


@dataclass(frozen=True)
class Line:
    """So many rows of a kind wait for a successor."""

    name: str
    title: str
    count: int


def manifest(employee: Employee) -> list[Line]:
    """Every kind of open work, and how much of it is somebody's. Lines without any are left out."""
    return [
        Line(kind.name, kind.title, count)
        for kind in handover.kinds()
        if (count := kind.rows(employee.user_id, employee.pk).count())
    ]
