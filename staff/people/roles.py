"""Roles in code: what each kind of person in the department may do, in words, and the permissions that say it.

They become Django groups after every migration; a permission given to a group by hand is taken back then, so that
this file is the whole truth.
"""

from dataclasses import dataclass

from django.apps import apps as installed


@dataclass(frozen=True)
class Role:
    """A named set of permissions. `facilities` and `clearance` of the person say to which rows they apply.

    `second_step`: who has this role signs in with a password and a code (where settings.SECOND_STEP holds).
    """

    name: str
    description: str
    permissions: tuple[str, ...]
    second_step: bool = False


READING = ("records.view_record", "records.view_deficiency", "records.view_requirement")
COLLEAGUE = ("staff.view_chart",)  # knows who works where

ROLES = (
    Role(
        "Records manager",
        "Answers for every record: sees the inventory, waives and reassigns, publishes rules, adopts profiles, starts "
        "audits and nights and sets their hour, reads every report; decides on personnel actions for the people below, "
        "keeps their credentials, homes and emergency contacts, takes people over from a file, reads the lists of "
        "excluded people; coordinates survey cycles.",
        (
            *READING,
            *COLLEAGUE,
            "records.publish_requirement",
            "records.adopt_profile",
            "records.waive_deficiency",
            "records.reassign_deficiency",
            "records.start_audit",
            "records.view_auditrun",
            "records.export_report",
            "staff.share_view",
            "records.view_intake",
            "staff.propose_personnelaction",
            "staff.keep_credential",
            "staff.keep_home",
            "staff.approve_personnelaction",
            "staff.import_people",
            "staff.check_exclusions",
            "compliance.view_readiness",
            "compliance.assess_element",
            "compliance.set_aim",
            "compliance.add_evidence",
            "compliance.own_evidence",
            "compliance.coordinate_cycle",
            "compliance.score_cycle",
            "compliance.run_night",
        ),
        second_step=True,
    ),
    Role(
        "Records supervisor",
        "Leads a part of the department: as the manager, without waivers and without changing rules; proposes "
        "personnel actions, and keeps credentials, for the people below.",
        (
            *READING,
            *COLLEAGUE,
            "records.reassign_deficiency",
            "records.start_audit",
            "records.view_auditrun",
            "records.export_report",
            "staff.share_view",
            "records.view_intake",
            "staff.propose_personnelaction",
            "staff.keep_credential",
            "compliance.view_readiness",
            "compliance.assess_element",
            "compliance.add_evidence",
            "compliance.score_cycle",
        ),
    ),
    Role("Records clerk", "Works the lists: sees records and what they lack.", (*READING, *COLLEAGUE)),
    Role(
        "Privacy officer",
        "Watches over confidentiality: sees records, who has opened them and what left the house, and the programs "
        "that reach them; can switch such a program off.",
        (
            *READING,
            *COLLEAGUE,
            "records.view_accesslog",
            "records.view_client",
            "records.switch_off_client",
            "compliance.view_readiness",
            "compliance.assess_element",
            "compliance.add_evidence",
            "compliance.own_evidence",
            "compliance.score_cycle",
        ),
        second_step=True,
    ),
    Role(
        "Surveyor",
        "Reads records and reports during a survey; changes nothing.",
        (*READING, "records.export_report", "compliance.view_readiness"),
    ),
    Role(
        "Interface engineer",
        "Keeps the interfaces running: lets programs in, as far as their own facilities and clearance reach; sees "
        "messages, reads one as it came only for a reason, which is logged; applies refused ones again.",
        (
            "records.view_intake",
            "records.view_inboundmessage",
            "records.read_message",
            "records.replay_message",
            "records.view_client",
            "records.manage_client",
            "records.switch_off_client",
            "records.view_auditrun",
        ),
        second_step=True,
    ),
)


def asks_for_second_step(user) -> bool:
    """Whether a person must have an authenticator: administrators of the software, and who has a role that asks."""
    return user.is_superuser or user.groups.filter(name__in=[role.name for role in ROLES if role.second_step]).exists()


def sync(sender=None, using="default", **kwargs):
    """Make the groups say what this file says. Runs after migrations, when every permission exists."""
    if sender is not None and sender.name != list(installed.app_configs.values())[-1].name:
        return
    from django.contrib.auth.models import Group, Permission

    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.using(using).values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    for role in ROLES:
        group, _ = Group.objects.using(using).get_or_create(name=role.name)
        group.permissions.set([known[name] for name in role.permissions])
