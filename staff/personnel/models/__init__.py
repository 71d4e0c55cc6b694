"""Decisions about people's employment: the actions, their steps, and who acts for whom."""

from staff.personnel.models.actions import (
    IN_FORCE,
    PENDING,
    TAKEN_EFFECT,
    WRITABLE,
    PersonnelAction,
    PersonnelStep,
    State,
)
from staff.personnel.models.checklists import ChecklistItem, ChecklistTemplate
from staff.personnel.models.decisions import Decision, DecisionLine
from staff.personnel.models.handed import HandedOver
from staff.personnel.models.notices import PersonnelNotice
from staff.personnel.models.powers import Delegation, PayrollClosing, heads_for

__all__ = [
    "IN_FORCE",
    "PENDING",
    "TAKEN_EFFECT",
    "WRITABLE",
    "ChecklistItem",
    "ChecklistTemplate",
    "Decision",
    "DecisionLine",
    "Delegation",
    "HandedOver",
    "PayrollClosing",
    "PersonnelAction",
    "PersonnelNotice",
    "PersonnelStep",
    "State",
    "heads_for",
]
