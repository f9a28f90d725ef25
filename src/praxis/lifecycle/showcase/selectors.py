"""Reads around the stage. Before the release they answer the people named on the edition alone."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from praxis.foundation import keyset
from praxis.foundation.errors import Missing, require
from praxis.foundation.files.models import StoredFile
from praxis.foundation.jobs.models import Job
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.casebook.models import Entry
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.cases.policies import is_applicant
from praxis.lifecycle.showcase import policies
from praxis.lifecycle.showcase.models import (
    Certificate,
    Invitation,
    Presenter,
    Showcase,
    Slot,
    StageRehearsal,
    Story,
    UnitAward,
)


def showcase_of(actor: Any, edition: Edition) -> Showcase | None:
    require(policies.may_stage(actor, edition))
    return Showcase.objects.filter(edition=edition).first()


def slots(actor: Any, edition: Edition) -> list[Slot]:
    """The running order, with presenters and rehearsals (three statements)."""
    require(policies.may_stage(actor, edition))
    rows = Slot.objects.filter(showcase__edition=edition).select_related("entry__case", "entry__category", "showcase")
    return list(rows.prefetch_related("presenters", "rehearsals").order_by("position", "id"))


def slot(actor: Any, edition: Edition, slot_id: int) -> Slot:
    require(policies.may_stage(actor, edition))
    row = Slot.objects.select_related("showcase__edition", "entry__case", "entry__casebook__edition").filter(pk=slot_id, showcase__edition=edition).first()
    if row is None:
        raise Missing()
    return row


def slot_for_applicant(actor: Any, entry: Entry) -> Slot | None:
    """The slot of the applicant's own told Outstanding Case."""
    row = Slot.objects.select_related("showcase__edition", "entry__casebook__edition", "entry__case").prefetch_related("presenters", "rehearsals").filter(entry=entry).first()
    return row if row is not None and policies.may_name(actor, row) else None


def rehearsal(actor: Any, edition: Edition, rehearsal_id: int) -> StageRehearsal:
    require(policies.may_stage(actor, edition))
    row = StageRehearsal.objects.select_related("slot__showcase__edition").filter(pk=rehearsal_id, slot__showcase__edition=edition).first()
    if row is None:
        raise Missing()
    return row


def presenters(slot: Slot) -> dict[str, Presenter]:
    return {row.role: row for row in slot.presenters.all()}


def invitations(actor: Any, edition: Edition, *, mode: str = "", state: str = "", cursor: str = "") -> keyset.Page[Invitation]:
    require(policies.may_stage(actor, edition))
    rows = Invitation.objects.filter(edition=edition).select_related("entry__case", "unit__organisation")
    if mode:
        rows = rows.filter(mode=mode)
    if state:
        rows = rows.filter(state=state)
    return keyset.page(rows, order=("id",), cursor=cursor)


def invitation(actor: Any, edition: Edition, invitation_id: int) -> Invitation:
    require(policies.may_stage(actor, edition))
    row = Invitation.objects.select_related("entry__case", "unit", "edition").filter(pk=invitation_id, edition=edition).first()
    if row is None:
        raise Missing()
    return row


def invitation_by_token(token: str) -> Invitation:
    """A sent invitation by its link; raises Missing."""
    row = Invitation.objects.select_related("edition__programme").filter(token=token).exclude(state="draft").first()
    if row is None:
        raise Missing()
    return row


def invitation_counts(actor: Any, edition: Edition) -> dict[str, int]:
    """How many invitations are in each state."""
    require(policies.may_stage(actor, edition))
    rows = Invitation.objects.filter(edition=edition).values_list("state").annotate(n=Count("id"))
    return dict(rows.order_by("state"))


def unit_awards(actor: Any, edition: Edition) -> list[UnitAward]:
    require(policies.may_stage(actor, edition))
    return list(UnitAward.objects.filter(edition=edition).select_related("unit__organisation").order_by("rank", "id"))


def unit_award(actor: Any, edition: Edition, award_id: int) -> UnitAward:
    row = next((row for row in unit_awards(actor, edition) if row.pk == award_id), None)
    if row is None:
        raise Missing()
    row.edition = edition
    return row


def public_unit_awards(edition: Edition) -> list[UnitAward]:
    """The awarded units, after the release only."""
    if edition.state != "released":
        return []
    return list(UnitAward.objects.filter(edition=edition, awarded=True).select_related("unit__organisation").order_by("rank", "id"))


def certificates(actor: Any, edition: Edition, *, cursor: str = "") -> keyset.Page[Certificate]:
    require(policies.may_stage(actor, edition))
    rows = Certificate.objects.filter(edition=edition).select_related("entry__case", "unit__organisation", "file")
    return keyset.page(rows, order=("id",), cursor=cursor)


def certificates_for_applicant(actor: Any, case: Case) -> list[Certificate]:
    """The certificates of the actor's own case, after the release."""
    if case.edition.state != "released" or not is_applicant(actor, case):
        return []
    return list(Certificate.objects.filter(entry__case=case).select_related("file").order_by("id"))


def certificate_file(actor: Any, case: Case, certificate_id: int) -> StoredFile:
    row = next((row for row in certificates_for_applicant(actor, case) if row.pk == certificate_id), None)
    if row is None or row.file is None:
        raise Missing()
    return row.file


def certificate_by_code(code: str) -> Certificate | None:
    """A certificate by its code, of released editions only."""
    return Certificate.objects.select_related("edition", "entry", "unit__organisation").filter(code=code.strip().upper()[:24], edition__state="released").exclude(entry__state="dropped").first()


def stories(actor: Any, edition: Edition) -> list[Story]:
    require(policies.may_stage(actor, edition))
    return list(Story.objects.filter(entry__casebook__edition=edition).select_related("entry__case").order_by("entry_id", "language"))


def public_stories(entry: Entry) -> list[Story]:
    """Published stories of a released entry."""
    if entry.casebook.edition.state != "released":
        return []
    return list(Story.objects.filter(entry=entry, published_at__isnull=False).order_by("language"))


def story(actor: Any, entry: Entry, language: str) -> Story | None:
    require(policies.may_stage(actor, entry.casebook.edition))
    return Story.objects.select_related("entry__casebook__edition", "entry__case").filter(entry=entry, language=language).first()


def certificate_for_desk(actor: Any, edition: Edition, certificate_id: int) -> StoredFile:
    """The file of a certificate; raises Missing while it is not set."""
    require(policies.may_stage(actor, edition))
    row = Certificate.objects.filter(edition=edition, pk=certificate_id).select_related("file").first()
    if row is None or row.file is None:
        raise Missing()
    return row.file


def certificates_job(actor: Any, edition: Edition) -> Job | None:
    """The latest job that sets certificates, where it is not done."""
    require(policies.may_stage(actor, edition))
    row = Job.objects.filter(key=f"showcase.certificates:{edition.pk}").order_by("-id").first()
    return row if row is not None and row.state != Job.State.DONE else None


def exports(actor: Any, edition: Edition) -> list[Job]:
    """The latest exports of everything."""
    require(policies.may_stage(actor, edition))
    return list(Job.objects.filter(key=f"showcase.export:{edition.pk}").order_by("-id")[:5])


def export_file(actor: Any, edition: Edition, handle: str) -> StoredFile:
    """The archive an export has made; raises Missing."""
    require(policies.may_stage(actor, edition))
    job = Job.objects.filter(handle=handle, key=f"showcase.export:{edition.pk}", state=Job.State.DONE).first()
    held = job.result if job is not None and isinstance(job.result, dict) else {}
    file = StoredFile.objects.filter(key=held.get("file", "")).first()
    if file is None:
        raise Missing()
    return file
