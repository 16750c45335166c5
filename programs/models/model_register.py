"""Community models: an account per unit, kind and name, and the events that change its stock."""

from datetime import date

from django.db import models
from django.db.models import Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Abs, Coalesce
from django.utils.translation import gettext_lazy as _

from coordination.access import access_of
from coordination.constraints import known_value
from coordination.fields import DerivedField, LineField
from coordination.models import AdministrativeUnit, Agency
from coordination.models.agency import name_of
from coordination.models.base import Record
from coordination.models.trail import HistoricalRecords
from coordination.search import search_text, sort_key
from programs.enums import ModelNature, ModelStanding
from programs.facts import Fact, FactQuerySet
from programs.models.lists import ModelKind, RecognitionTag

NUMBERS = ("quantity", "members", "women", "minority")


class CommunityModelQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As facts: own agency and lineage, agencies above, UBND and Ban VSTBPN of the unit."""
        access = access_of(user)
        return self.filter(
            Q(owner__in=access.own)
            | Q(owner__in=access.below)
            | Q(province__in=access.provinces)
            | Q(unit__in=access.communes)
        )

    def with_stock(self, day: date):
        """Annotates what each account holds on the day (`held_quantity`, `held_members`… None = never stated),

        the day of its latest event until then (`last_on`), and the short name of its owner on the day.
        """
        events = ModelEvent.objects.recorded().filter(model=OuterRef("pk"), counted_on__lte=day).order_by()
        in_stock = events.filter(nature__in=ModelNature.stock()).values("model")
        held = {f"held_{name}": Subquery(in_stock.annotate(sum=Sum(name)).values("sum")) for name in NUMBERS}
        held["held_quantity"] = Coalesce(held["held_quantity"], 0)
        return self.annotate(
            **held,
            last_on=Subquery(events.values("model").annotate(last=Max("counted_on")).values("last")),
            owner_name=name_of("owner", "short_name", day),
        )

    def matching(self, words: str):
        """Each word, with or without marks, stands in the name, the kind (or another name of it) or the place."""
        rows = self
        for word in search_text(words).split():
            rows = rows.filter(
                Q(search_text__contains=word)
                | Q(kind__search_text__contains=word)
                | Q(unit__search_text__contains=word)
            )
        return rows


class CommunityModel(Record):
    """One club, team or address, or one account for many where only totals are known. No private address is kept."""

    owner = models.ForeignKey(Agency, models.PROTECT, related_name="community_models")
    unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, related_name="+")
    province = models.ForeignKey(AdministrativeUnit, models.PROTECT, related_name="+")
    kind = models.ForeignKey(ModelKind, models.PROTECT, related_name="models")
    name = LineField(max_length=200)
    standing = models.CharField(max_length=15, choices=ModelStanding.choices, blank=True)
    tags = models.ManyToManyField(RecognitionTag, blank=True, related_name="models")
    is_sample = models.BooleanField(default=False)
    search_text = DerivedField(sources=("name",), derive=search_text)
    sort_key = DerivedField(sources=("name",), derive=sort_key)

    objects = CommunityModelQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=["tags"], excluded_fields=["search_text", "sort_key"])

    class Meta:
        ordering = ["sort_key", "pk"]
        constraints = [
            known_value("standing", ModelStanding, name="model_standing_known", blank=True),
            models.UniqueConstraint(
                fields=["unit", "kind", "standing", "search_text"],
                name="model_name_once",
                violation_error_message=_(
                    "A model of this kind with this name is already in the register of this place."
                ),
            ),
        ]

    def __str__(self):
        return self.name


class ModelEventQuerySet(FactQuerySet):
    def in_stock(self, day: date):
        """The recorded events that make the stock of the day (inclusive)."""
        return self.recorded().filter(nature__in=ModelNature.stock(), counted_on__lte=day)


class ModelEvent(Fact):
    """± `quantity` models on `counted_on`; `members`, `women`, `minority` change with it (NULL = not stated)."""

    model = models.ForeignKey(CommunityModel, models.PROTECT, related_name="events")
    plan_item = models.ForeignKey(
        "programs.PlanItem", models.PROTECT, null=True, blank=True, db_index=False, related_name="model_events"
    )
    nature = models.CharField(max_length=15, choices=ModelNature.choices)
    quantity = models.IntegerField(default=1)
    members = models.IntegerField(null=True, blank=True)
    women = models.IntegerField(null=True, blank=True)
    minority = models.IntegerField(null=True, blank=True)

    objects = ModelEventQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=["partners"])

    class Meta:
        ordering = ["-counted_on", "-pk"]
        indexes = [
            models.Index(fields=["province", "counted_on"], name="model_event_by_province"),
            models.Index(fields=["plan_item"], condition=Q(plan_item__isnull=False), name="model_event_by_plan_item"),
        ]
        constraints = [
            *Fact.Meta.constraints,
            known_value("nature", ModelNature, name="model_event_nature_known"),
            models.CheckConstraint(
                name="model_event_sign",
                condition=~Q(reason="")
                | Q(nature__in=ModelNature.not_negative(), quantity__gt=0)
                | Q(nature=ModelNature.DISSOLVED, quantity__lt=0)
                | (Q(nature=ModelNature.MOVED) & ~Q(quantity=0)),
                violation_error_message=_("Set up counts upwards, dissolved counts downwards; the number is not 0."),
            ),
            *(
                models.CheckConstraint(
                    name=f"model_event_{part}_within",
                    condition=~Q(reason="")
                    | Q(**{f"{part}__isnull": True})
                    | (Q(members__isnull=False) & models.lookups.LessThanOrEqual(Abs(part), Abs("members"))),
                    violation_error_message=message,
                )
                for part, message in (
                    ("women", _("More women than members: check both numbers.")),
                    ("minority", _("More ethnic-minority members than members: check both numbers.")),
                )
            ),
        ]
