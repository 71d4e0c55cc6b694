"""The words of the record and of its completeness."""

from django.utils.translation import gettext_lazy as _

from himdept.common.glossary import Term

RECORD, RECORDS = "record_page", "record_list"
DEFICIENCIES, EXPECTED, HUDDLE, AUDITS = "deficiency_list", "expected_list", "huddle", "audit_list"
RULES, RULE = "rule_list", "rule_page"
ACCESS = "access_list"
REPORTS, PRACTITIONERS, INTERFACES, MESSAGES = "report_list", "practitioner_list", "interface_page", "message_list"

TERMS = (
    # The record and what is in it
    Term(
        "record",
        _("Record"),
        _(
            "All that is documented about one encounter, and the unit that is complete or not. This program keeps the "
            "facts about its documents (what, by whom, when written and signed), not their text."
        ),
        "42 CFR 482.24",
        (RECORDS, RECORD),
        ("encounter", "complete"),
    ),
    Term(
        "encounter",
        _("Encounter (visit)"),
        _("One stay or visit of a patient: an inpatient stay, an emergency visit, a day of surgery."),
        screens=(RECORDS,),
        see=("record",),
    ),
    Term("mrn", _("MRN, medical record number"), _("The number by which a hospital knows a patient, in every visit.")),
    Term(
        "attending",
        _("Attending"),
        _("The physician who is responsible for the stay; at discharge, for its summary."),
        screens=(RECORD,),
        see=("owed-by",),
    ),
    Term(
        "author",
        _("Author"),
        _("Who wrote an entry or dictated a document, and so is the one who signs it."),
        see=("authenticated",),
    ),
    Term(
        "authenticated",
        _("Authenticated, signed"),
        _("Confirmed by its author as his or her own, by a signature or its electronic equal, with date and time."),
        "42 CFR 482.24(c)(1)",
        (RECORD,),
        ("unsigned",),
    ),
    Term(
        "addendum",
        _("Addendum"),
        _("A later, signed addition to an entry. The entry itself stays as it was written."),
        see=("undated", "superseded"),
    ),
    Term(
        "superseded",
        _("Superseded"),
        _("Replaced by a newer version. It still proves that something was done in time."),
        see=("retracted",),
    ),
    Term(
        "retracted",
        _("Retracted, entered in error"),
        _("Taken out of the record because it should not be there. It proves nothing any more, and is still kept."),
        see=("void",),
    ),
    Term(
        "history-and-physical",
        _("History and physical"),
        _(
            "The medical history and physical examination, on the record within 24 hours of admission and before "
            "surgery. One from up to 30 days before the admission counts with an update."
        ),
        "42 CFR 482.24(c)(4)(i)(A)",
        see=("update-note",),
    ),
    Term(
        "update-note",
        _("Update of the history and physical"),
        _("An examination that says what has changed since a history and physical from before the admission."),
        "42 CFR 482.24(c)(4)(i)(B)",
    ),
    Term(
        "operative-report",
        _("Operative report"),
        _("What was done in an operation, found and removed, written or dictated by the surgeon right afterwards."),
        "42 CFR 482.51(b)(6)",
    ),
    Term(
        "discharge-summary",
        _("Discharge summary"),
        _("The outcome of the stay, where the patient went, and what is to follow."),
        "42 CFR 482.24(c)(4)(vii)",
    ),
    Term(
        "verbal-order",
        _("Verbal order"),
        _("An order given by voice or telephone and written down by somebody else; its giver signs it afterwards."),
        "42 CFR 482.24(c)(2)",
    ),
    Term(
        "restraint",
        _("Restraint"),
        _(
            "Holding a patient by hand, device or drug. It takes an order, and within 1 hour somebody who "
            "sees the patient face to face."
        ),
        "42 CFR 482.13(e)",
    ),
    # What is asked
    Term(
        "requirement",
        _("Requirement, rule"),
        _("A rule of documentation: which document, about what, by when, signed or not, and where that is laid down."),
        screens=(RECORD, RULES, RULE),
        see=("profile", "topic", "version", "occasion", "strictest-wins"),
    ),
    Term(
        "topic",
        _("Topic"),
        _("What a rule is about, such as the discharge summary. Rules of several profiles may share one."),
        screens=(RULES, RULE),
        see=("strictest-wins",),
    ),
    Term(
        "version",
        _("Version of a rule"),
        _("Its terms from one day on. The version in force on the day of an occasion judges it; none is rewritten."),
        screens=(RULES, RULE),
        see=("requirement",),
    ),
    Term(
        "dry-run",
        _("Dry run"),
        _(
            "What a change of the rules would open, close and make delinquent, judged on the records that there are. "
            "Nothing is written."
        ),
        screens=(RULES, RULE),
        see=("version", "delinquent"),
    ),
    Term(
        "profile",
        _("Profile"),
        _("A set of requirements from one authority: the federal baseline, a state, the hospital's bylaws."),
        screens=(RULES, RULE),
        see=("strictest-wins",),
    ),
    Term(
        "strictest-wins",
        _("Strictest wins"),
        _("Where several rules ask for the same thing, the one that is due first decides, and is the one named."),
        see=("profile",),
    ),
    Term(
        "occasion",
        _("Occasion"),
        _("One time that a requirement applies: this admission, that operation, this order."),
        screens=(AUDITS,),
    ),
    Term(
        "window",
        _("Window"),
        _("The time in which a document counts: from when it may be written to when it is due."),
        screens=(RECORD,),
        see=("due",),
    ),
    Term(
        "due",
        _("Due"),
        _(
            "The last moment that is in time. A limit in hours runs by the clock; one in days ends at the midnight "
            "that ends its last day, in the time zone of the facility."
        ),
        screens=(EXPECTED, DEFICIENCIES, HUDDLE),
        see=("past-due", "not-yet-due"),
    ),
    Term("past-due", _("Past due"), _("Still owed after the moment when it was due."), screens=(DEFICIENCIES, HUDDLE)),
    Term(
        "not-yet-due",
        _("Not yet due"),
        _("Asked for, not there yet, and still in time. It is no deficiency."),
        screens=(EXPECTED, HUDDLE),
        see=("deficiency",),
    ),
    # What is owed
    Term(
        "deficiency",
        _("Deficiency"),
        _("Something that the record lacks by a rule: a document, a signature, a date, a part; or that came too late."),
        "42 CFR 482.24(c)",
        (DEFICIENCIES, RECORD, HUDDLE, REPORTS, PRACTITIONERS),
        ("missing", "unsigned", "uncosigned", "undated", "missing_element", "late"),
    ),
    Term("missing", _("Missing"), _("The document is not there, and it is past due."), screens=(DEFICIENCIES,)),
    Term(
        "unsigned",
        _("Unsigned"),
        _("It was written, and its author has not signed it in time."),
        "42 CFR 482.24(c)(1)",
        (DEFICIENCIES,),
    ),
    Term(
        "uncosigned",
        _("Not co-signed"),
        _("Written by a resident, student or assistant, and not signed by the supervising physician in time."),
        screens=(DEFICIENCIES,),
    ),
    Term(
        "undated",
        _("Undated"),
        _(
            "An entry without its date or time, or those of its signature. A signed addendum that says when it was "
            "mends it. It has no due date: each entry carries these from the start."
        ),
        "42 CFR 482.24(c)(1)",
        (DEFICIENCIES, HUDDLE),
        ("addendum",),
    ),
    Term(
        "missing_element",
        _("Element missing"),
        _("The document is there and lacks a part that the rule names: an operative report without its findings."),
        screens=(DEFICIENCIES,),
    ),
    Term(
        "late",
        _("Late"),
        _("It came, after it was due. Nothing is owed any more; that it was late stays on record."),
        screens=(DEFICIENCIES, RECORD),
    ),
    Term(
        "owed-by",
        _("Owed by"),
        _("Who has to put it right: the attending, the surgeon or the author, as the rule says."),
        screens=(DEFICIENCIES, PRACTITIONERS),
        see=("reassigned",),
    ),
    Term("open", _("Open"), _("Owed now."), screens=(DEFICIENCIES,), see=("resolved", "waived", "void")),
    Term(
        "resolved",
        _("Resolved"),
        _("Put right: the document came, was signed, or got what it lacked."),
        screens=(DEFICIENCIES,),
    ),
    Term(
        "past-mending",
        _("Past mending"),
        _(
            "A gap in what is asked for again and again: no progress note that day, no renewal in time before the "
            "restraint ended. What is written now does not fill it. Nobody owes it, and it stays on record."
        ),
        screens=(DEFICIENCIES, RECORD),
    ),
    Term(
        "waived",
        _("Waived"),
        _(
            "Closed by a decision, with a reason and a name, because nobody can put it right: the author has died. "
            "It no longer counts against the record, and the decision stays on it."
        ),
        screens=(DEFICIENCIES, RECORD),
    ),
    Term(
        "reassigned",
        _("Reassigned"),
        _("Owed by another person than the rule names, by a decision with a reason."),
        screens=(DEFICIENCIES,),
    ),
    Term(
        "void",
        _("Void"),
        _("It turned out to be no deficiency: not due after all, or what it was about was retracted or moved away."),
        screens=(DEFICIENCIES,),
    ),
    # The state of a record
    Term("complete", _("Complete"), _("Nothing is owed and nothing is still to come."), screens=(RECORDS,)),
    Term("incomplete", _("Incomplete"), _("At least one thing is past due."), screens=(RECORDS, HUDDLE)),
    Term(
        "discharged",
        _("Discharged, nothing past due"),
        _("The patient has left; what is still to come is still in time."),
        screens=(RECORDS,),
    ),
    Term("in_progress", _("In progress"), _("The patient has not been discharged."), screens=(RECORDS,)),
    Term(
        "delinquent",
        _("Delinquent"),
        _(
            "Still incomplete 30 days after the discharge, or as many days as the facility sets. Federal rules ask "
            "that a record is completed within 30 days."
        ),
        "42 CFR 482.24(c)(4)(vii)",
        (RECORDS, DEFICIENCIES, HUDDLE, AUDITS),
        ("incomplete", "delinquency-ratio"),
    ),
    Term(
        "delinquency-ratio",
        _("Delinquency ratio"),
        _(
            "Delinquent records by the average number of discharges in a month of the last twelve. Half is the limit "
            "that surveyors have long gone by."
        ),
        screens=(HUDDLE,),
        see=("delinquent",),
    ),
    Term(
        "closed",
        _("Administratively closed"),
        _("Closed by a decision of the medical staff though incomplete, because nobody is left to complete it."),
        screens=(RECORDS,),
    ),
    # Audit
    Term(
        "audit",
        _("Audit"),
        _("The program judges every record that may have changed by every rule that applies, each night."),
        screens=(AUDITS, HUDDLE, REPORTS),
        see=("as-of",),
    ),
    Term(
        "as-of",
        _("As of"),
        _("The moment at which the state is told. Of an earlier one the program says what would have been found then."),
        screens=(AUDITS, HUDDLE, RECORD),
    ),
    # Confidentiality
    Term(
        "confidentiality",
        _("Confidentiality"),
        _(
            "How closely a record is kept, from unrestricted to very restricted; normal is the usual. A person's "
            "clearance is the most that their role reaches."
        ),
        "HL7 v3 Confidentiality (U, L, M, N, R, V)",
        (RECORDS, RECORD),
        ("access-log",),
    ),
    Term(
        "access-log",
        _("Access log"),
        _(
            "Who opened which record and when, what left the house as an export or a print, what programs were sent. "
            "Nobody can change it; the privacy officer reviews it."
        ),
        "45 CFR 164.312(b), 164.308(a)(1)(ii)(D)",
        (RECORD, ACCESS),
    ),
    # Interfaces
    Term(
        "interface",
        _("Interface"),
        _("A way by which another system, such as the electronic health record, sends facts here."),
        screens=(INTERFACES,),
        see=("source",),
    ),
    Term("source", _("Source"), _("A system with ids of its own: two may mean different patients by one number.")),
    Term(
        "message-log",
        _("Message log"),
        _("Every message as it came, with what became of it. Nothing that was acknowledged is lost."),
        screens=(INTERFACES, MESSAGES),
    ),
    Term("fhir", _("FHIR"), _("The standard by which health records are exchanged on the web."), "HL7 FHIR R4"),
)
