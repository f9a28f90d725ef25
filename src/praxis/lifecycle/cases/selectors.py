"""Every read of cases. What is visible to whom is decided here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from praxis.foundation import keyset
from praxis.foundation.errors import Missing
from praxis.foundation.locale import pick
from praxis.foundation.people.models import Membership
from praxis.foundation.people.policies import memberships, note_member
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import is_secretariat
from praxis.foundation.search import selectors as search
from praxis.foundation.statements import Statement
from praxis.foundation.texts.models import TextHistory
from praxis.lifecycle.cases import checks, content, policies
from praxis.lifecycle.cases.models import Attachment, Case, CaseText, Message, Partner, Revision


def _cases() -> QuerySet[Case]:
    """Cases with what pages show of them; the edition's configuration is large and kept by its digest."""
    return Case.objects.select_related("edition", "organisation", "category").defer("edition__config")


def _by_key(key: str, user: int) -> QuerySet[Case]:
    """The case, and whether a person is a colleague of its applicant (`is_colleague`)."""
    mine = Membership.objects.filter(user_id=user, organisation_id=OuterRef("organisation_id"))
    rows = _cases().select_related("revision").defer("revision__content")
    return rows.annotate(is_colleague=Exists(mine)).filter(key=key)


_BY_KEY: Statement[Case] = Statement(_by_key, key=str, user=int)
_VERSIONS: Statement[tuple[str, str, int]] = Statement(
    lambda case: CaseText.objects.filter(case_id=case).values_list("language", "field", "version"), case=int
)
_REVISION: Statement[Revision] = Statement(
    lambda case, number: Revision.objects.filter(case_id=case, number=number).select_related("submitted_by"),
    case=int, number=int,
)  # fmt: skip
_RECEIPT: Statement[Revision] = Statement(
    lambda case, number: Revision.objects.filter(case_id=case, number=number).select_related("submitted_by").defer("content"),
    case=int, number=int,
)  # fmt: skip
_TEXTS: Statement[CaseText] = Statement(lambda case: CaseText.objects.filter(case_id=case), case=int)


def for_applicant(actor: Any, cursor: str = "") -> keyset.Page[Case]:
    """The cases of the actor's organisations, those changed last first, without long text."""
    rows = _with_unread(_cases().filter(organisation_id__in=memberships(actor)), from_secretariat=True)
    return keyset.page(rows, order=("-updated_at", "-id"), cursor=cursor)


def case_for_applicant(actor: Any, key: str) -> Case:
    """A case of one of the actor's organisations; raises Missing."""
    case: Any = None if actor is None or actor.pk is None else _BY_KEY.first(key=key, user=actor.pk)
    if case is None or not case.is_colleague:
        raise Missing()
    note_member(actor, case.organisation_id)
    if case.created_by_id == actor.pk:
        # Mostly it is whoever reads: nobody to be asked for.
        case.created_by = actor
    found: Case = case
    return found


def has_unread(case: Case) -> bool:
    """Whether the secretariat has written something that the applicant has not read."""
    return case.messages.filter(from_secretariat=True, read_at=None).exists()


def _with_unread(rows: QuerySet[Case], *, from_secretariat: bool) -> QuerySet[Case]:
    waiting = Message.objects.filter(case=OuterRef("pk"), from_secretariat=from_secretariat, read_at=None)
    return rows.annotate(unread=Exists(waiting))


def case_for_secretariat(actor: Any, edition: Edition, key: str) -> Case:
    """A case of an edition the actor is named on; raises Missing."""
    case = _cases().select_related("revision").filter(key=key, edition=edition).first()
    if case is None or not policies.may_run(actor, case):
        raise Missing()
    return case


def texts_of(case: Case) -> dict[tuple[str, str], CaseText]:
    """The texts of a case by (language, field)."""
    return {(row.language, row.field): row for row in _TEXTS.all(case=case.pk)}


def text_versions(case: Case, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    rows = _VERSIONS.all(case=case.pk)
    return {(language, name): version for language, name, version in rows if (language, name) in keys}


def text_bodies_at(case: Case, versions: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], str]:
    """What texts read at earlier versions, as far as the history holds them; at version 0 there was nothing."""
    found = {key: "" for key, version in versions.items() if version == 0}
    rows = TextHistory.objects.filter(owner=_owner(case), version__in=set(versions.values()))
    for language, name, version, body in rows.values_list("language", "field", "version", "body"):
        if versions.get((language, name)) == version:
            found[language, name] = body
    return found


def _owner(case: Case) -> str:
    return f"{case._meta.label_lower}:{case.pk}"


def basics_version(case: Case) -> str:
    """What names the particulars of a case as they now are, so that a page that is behind can be told."""
    said = [
        case.category_id, case.kinds, str(case.started_on or ""), case.uses_internet, case.places, case.contact_name,
        case.contact_email, case.contact_phone,
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]


def attachments_of(case: Case) -> list[Attachment]:
    return list(case.attachments.select_related("file").filter(removed_at=None))


def attachment(case: Case, key: str, *, removed: bool = False) -> Attachment:
    """An attachment of a case the caller may see, with `removed` also one taken out since; raises Missing."""
    rows = case.attachments.select_related("file").filter(key=key)
    row = (rows if removed else rows.filter(removed_at=None)).first()
    if row is None:
        raise Missing()
    row.case = case
    return row


def partners_of(case: Case) -> list[Partner]:
    return list(case.partners.all())


def partner(case: Case, partner_id: int) -> Partner:
    row = case.partners.filter(pk=partner_id).first()
    if row is None:
        raise Missing()
    row.case = case
    return row


def partner_by_token(token: str) -> Partner:
    """The partner whose link this is; raises Missing."""
    rows = Partner.objects.select_related("case__edition__programme", "case__organisation")
    row = rows.defer("case__edition__config").filter(token=token).first()
    if row is None:
        raise Missing()
    return row


def messages_of(case: Case) -> list[Message]:
    return list(case.messages.select_related("author"))


def revision(case: Case, number: int) -> Revision:
    """One submission of a case with its content; raises Missing."""
    row = _REVISION.first(case=case.pk, number=number)
    if row is None:
        raise Missing()
    return row


def receipt(case: Case, number: int) -> Revision:
    """One submission of a case without its content; raises Missing."""
    row = _RECEIPT.first(case=case.pk, number=number)
    if row is None:
        raise Missing()
    return row


def revisions_of(case: Case) -> list[Revision]:
    return list(case.revisions.select_related("submitted_by").defer("content"))


def history_of(case: Case, language: str, name: str) -> list[TextHistory]:
    return list(TextHistory.objects.filter(owner=_owner(case), language=language, field=name).order_by("-version")[:50])


def past_titles(programme_id: int) -> frozenset[str]:
    """Folded titles of the programme's past Casebook cases."""
    # Read as plain text and folded once for each content of the table.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CAST(names AS text) FROM archive_pastcase WHERE programme_id = %s ORDER BY id", [programme_id]
        )
        return _folded(tuple(row[0] for row in cursor.fetchall()))


def past_titles_beside(case: Case) -> frozenset[str]:
    """The same, as they were when the content of the case was read."""
    names = content.past_names(case)
    return past_titles(case.edition.programme_id) if names is None else _folded(names)


@lru_cache(maxsize=8)
def _folded(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(checks.fold(title) for row in names for title in json.loads(row).values())


def letters_to(case: Case) -> list[tuple[str, str]]:
    """(address, language) of those who get letters about a case: its contact, else whoever began it."""
    language = case.created_by.language if case.created_by else "en"
    address = case.contact_email or (case.created_by.email if case.created_by and not case.on_behalf else "")
    return [(address, language)] if address else []


def instant_in_zone(instant: datetime, zone: str) -> str:
    """An instant as letters write it: "2026-06-16 00:00 (Asia/Shanghai)"."""
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


def deadline_in_zone(instant: datetime, zone: str) -> str:
    """An exclusive end as letters write it, midnight as the end of its day: "2026-06-15 24:00 (Asia/Shanghai)"."""
    local = instant.astimezone(ZoneInfo(zone))
    if local.hour or local.minute:
        return instant_in_zone(instant, zone)
    return f"{local - timedelta(minutes=1):%Y-%m-%d} 24:00 ({zone})"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the secretariat's list can be narrowed by; empty means all."""

    state: str = ""
    category: str = ""
    place: str = ""
    kind: str = ""
    unit: str = ""
    query: str = ""
    order: str = "number"
    orders: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            "number": ("number", "id"), "-number": ("-number", "-id"), "updated": ("updated_at", "id"),
            "-updated": ("-updated_at", "-id"),
        }
    )


def list_for_secretariat(actor: Any, edition: Edition, filters: Filters, cursor: str = "") -> keyset.Page[Case]:
    """A page of an edition's cases, without long text; raises Missing to those not named on the edition."""
    if not is_secretariat(actor, edition):
        raise Missing()
    rows = (
        Case.objects.filter(edition=edition)
        .select_related("organisation", "category")
        .only(
            "key", "number", "titles", "state", "places", "submitted_at", "updated_at", "on_behalf", "extended_to",
            "edition_id", "organisation__names", "organisation__place_id", "category__labels", "category__hue",
            "category__code",
        )
    )
    rows = narrowed(rows, edition, filters)
    return keyset.page(rows, order=filters.orders.get(filters.order, ("number", "id")), cursor=cursor)


def narrowed(rows: QuerySet[Case], edition: Edition, filters: Filters) -> QuerySet[Case]:
    """`rows` narrowed by the filters; used by the list and the exports alike."""
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.category:
        rows = rows.filter(category__code=filters.category)
    if filters.place:
        rows = rows.filter(case_places__place_id=filters.place)
    if filters.unit:
        rows = rows.filter(came_through=filters.unit)
    if filters.query.strip():
        found = search.find(filters.query, audience=f"edition:{edition.pk}", kinds=["case"], limit=500)
        rows = rows.filter(Q(key__in=[hit.object_id for hit in found]) | Q(number=filters.query.strip()))
    return rows


def counts(edition: Edition) -> dict[tuple[str, str], int]:
    """How many cases by (category code or "", state)."""
    rows = Case.objects.filter(edition=edition).values_list("category__code", "state").annotate(n=Count("id"))
    return {(category or "", state): n for category, state, n in rows.order_by("category__code", "state")}


def daily(edition: Edition) -> list[tuple[date, int]]:
    """First submissions by day, in the edition's zone."""
    rows = (
        Case.objects.filter(edition=edition, submitted_at__isnull=False)
        .annotate(day=TruncDate("submitted_at", tzinfo=ZoneInfo(edition.zone)))
        .values_list("day")
        .annotate(n=Count("id"))
        .order_by("day")
    )
    return [(day, n) for day, n in rows]


def unread_by_secretariat(edition: Edition) -> int:
    """Threads with a message of the applicant that nobody of the secretariat has read."""
    return (
        Message.objects.filter(case__edition=edition, from_secretariat=False, read_at=None)
        .values("case").distinct().count()
    )  # fmt: skip


def titles_of(rows: Iterable[Case], language: str) -> dict[int, str]:
    return {row.pk: pick(row.titles, language) for row in rows}
