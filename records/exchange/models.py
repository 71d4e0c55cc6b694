"""The clients that send to us, and everything that came in."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common.db.functions import UUIDv7
from records.exchange.queries import InboundMessageQuerySet
from records.inventory.models import Source


class Client(models.Model):
    """A program that may use the API: its OAuth2 application, its source of ids, and the service user it acts as.

    The service user's facilities and clearance say which records it reaches, as for any person.
    """

    class Purpose(models.TextChoices):
        """What a program reads records for (HL7 v3 PurposeOfUse; 45 CFR 164.506(c))."""

        TREATMENT = "TREAT", _("treatment")
        PAYMENT = "HPAYMT", _("payment")
        OPERATIONS = "HOPERAT", _("health care operations")

    application = models.OneToOneField(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.PROTECT, related_name="client"
    )
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="client")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="clients")
    scopes = models.TextField(blank=True, help_text=_("What it may ask for, separated by spaces."))
    purpose = models.CharField(
        max_length=10,
        choices=Purpose,
        default=Purpose.OPERATIONS,
        help_text=_("What it reads records for: it stands beside each reading in the access log."),
    )
    last_used_at = models.DateTimeField(null=True, blank=True)
    requests_per_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("How many it may make at most; empty is what the installation allows.")
    )
    jwks = models.JSONField(null=True, blank=True, help_text=_("Its public keys, for signed assertions."))
    jwks_url = models.CharField(max_length=500, blank=True, help_text=_("Or where they stand."))

    class Meta:
        permissions = [
            ("manage_client", _("Can let programs in and say what they may do")),
            ("switch_off_client", _("Can switch a program off")),
        ]
        constraints = [
            models.CheckConstraint(
                name="client_purpose_is_known", condition=Q(purpose__in=["TREAT", "HPAYMT", "HOPERAT"])
            ),
            models.CheckConstraint(name="client_may_make_requests", condition=~Q(requests_per_minute=0)),
            models.CheckConstraint(
                name="keys_of_a_client_are_in_one_place", condition=Q(jwks__isnull=True) | Q(jwks_url="")
            ),
        ]

    def __str__(self):
        return self.user.username

    @property
    def limit(self) -> int:
        """Requests that it may make in a minute."""
        return self.requests_per_minute or settings.CLIENT_REQUESTS_PER_MINUTE


class ClientSecretQuerySet(models.QuerySet):
    def live(self, at=None):
        """Those that open the token endpoint at a moment, which is now unless said otherwise."""
        at = at or timezone.now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), made_at__lte=at)


class LiveSpan(Func):
    """From the making of a secret to its end, if it has one."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class ClientSecret(models.Model):
    """A secret with which a client gets its tokens; of the secret itself only the SHA-256 is kept.

    It is 384 random bits, so that hashing it slowly, as one hashes passwords, would protect nothing. A client has two
    at most at any moment (`place` 1 and 2): the new one works at once and the old one until its end, so that nobody
    needs to be quick. Ended ones stay, for the trail.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="secrets")
    place = models.PositiveSmallIntegerField(editable=False)
    begins = models.CharField(max_length=6, help_text=_("Its first characters, to tell it by."))
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ends_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = ClientSecretQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="client_secret_is_first_or_second", condition=Q(place__in=[1, 2])),
            models.CheckConstraint(name="client_secret_ends_after_it_was_made", condition=Q(ends_at__gte=F("made_at"))),
            ExclusionConstraint(
                name="two_live_secrets_of_a_client",
                expressions=[
                    ("client", RangeOperators.EQUAL),
                    ("place", RangeOperators.EQUAL),
                    (LiveSpan("made_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.begins}…"

    def is_live(self, at=None) -> bool:
        """As `live` of many."""
        return self.ends_at is None or self.ends_at > (at or timezone.now())


class ClientKeyUse(models.Model):
    """When a client last signed with one of its keys: when the old one may be taken out of its set."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="key_uses", db_index=False)
    kid = models.CharField(max_length=200)
    last_used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "kid"], name="one_last_use_of_a_key")]

    def __str__(self):
        return self.kid


class SeenAssertion(models.Model):
    """A signed assertion that was used, until it ends of itself: it opens nothing a second time."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+", db_index=False)
    jti_sha256 = models.CharField(max_length=64)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "jti_sha256"], name="an_assertion_is_used_once")]

    def __str__(self):
        return self.jti_sha256


class InboundMessage(models.Model):
    """One message, bundle or batch of lines that came in, as it came, and what became of it.

    What could not be applied keeps its whole body. What was applied keeps it with attachments cut down to their
    SHA-256: the inventory holds facts about documents, not documents.
    """

    class Outcome(models.TextChoices):
        RECEIVED = "received", _("Received")
        APPLIED = "applied", _("Applied")
        UNCHANGED = "unchanged", _("Nothing new")
        PARTLY = "partly", _("Partly applied")
        REFUSED = "refused", _("Refused")
        IGNORED = "ignored", _("Kept, not used")

    class Form(models.TextChoices):
        FHIR_BUNDLE = "fhir_bundle", _("FHIR Bundle")
        FHIR_LINES = "fhir_lines", _("FHIR lines")

    pk = models.CompositePrimaryKey("received_at", "id")
    received_at = models.DateTimeField(db_default=Now())
    id = models.UUIDField(db_default=UUIDv7())
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey(Client, null=True, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=20, choices=Form)
    place = models.CharField(max_length=300, blank=True, help_text=_("File and line, or entry, where it stood."))
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField(help_text=_("Compressed (zlib)."))
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.RECEIVED)
    problems = models.JSONField(default=list, help_text=_("Each with place, element and sentence."))
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    objects = InboundMessageQuerySet.as_manager()

    class Meta:
        permissions = [
            ("view_intake", _("Can see how much came in and failed")),
            ("read_message", _("Can read a message as it came")),
            ("replay_message", _("Can apply a refused message again")),
        ]
        indexes = [
            models.Index(fields=["outcome", "received_at"], name="message_by_outcome"),
            models.Index(fields=["source", "received_at"], name="message_by_source"),
        ]

    def __str__(self):
        return f"{self.form} {self.received_at:%Y-%m-%d %H:%M}"


class MessageReplay(models.Model):
    """A refused message that somebody applied again: who, why, and what became of it. Written once, never changed."""

    message_at = models.DateTimeField()
    message_id = models.UUIDField()
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    because = models.TextField()
    outcome = models.CharField(max_length=10, choices=InboundMessage.Outcome)
    problems = models.JSONField(default=list)

    class Meta:
        constraints = [models.CheckConstraint(name="replay_has_a_reason", condition=~models.Q(because=""))]
        indexes = [models.Index(fields=["message_id"], name="replay_of_message")]

    def __str__(self):
        return f"replay {self.pk}"
