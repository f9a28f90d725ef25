"""Stories, and the export of everything."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, Invalid, require
from praxis.foundation.jobs import services as jobs
from praxis.foundation.programmes.models import Edition
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.casebook.models import Entry
from praxis.lifecycle.showcase import policies
from praxis.lifecycle.showcase.changing import record, user_of
from praxis.lifecycle.showcase.models import (
    Story,
)

EXPORT_EDITION = "praxis.lifecycle.showcase.tasks.export_edition"


@transaction.atomic
def write_story(actor: Any, entry: Entry, language: str, *, title: str, body: str) -> Story:
    """Write the text for publicity of an entry in one language."""
    require(policies.may_stage(actor, entry.casebook.edition))
    if language not in entry.casebook.edition.settings.edition.languages:
        raise Invalid({"language": _("Choose a language of the edition.")})
    problems = {
        name: _("A story needs a title and a text.") for name, text in (("title", title), ("body", body)) if not cleaned(text)
    }
    if problems:
        raise Invalid(problems)
    row, _made = Story.objects.update_or_create(
        entry=entry, language=language,
        defaults={"title": cleaned(title)[:300], "body": cleaned(body), "author": user_of(actor), "updated_at": clock.now()},
    )
    record(actor, entry.casebook.edition, "write_story", row, {"language": language}, label=entry.case.number)
    return row


@transaction.atomic
def publish_story(actor: Any, story: Story, *, publish: bool = True) -> Story:
    """Publish a story, after the release only, or take it back."""
    edition = story.entry.casebook.edition
    require(policies.may_stage(actor, edition))
    if publish and edition.state != "released":
        raise Conflict(_("Stories can be published after the release."), code="state")
    story.published_at = clock.now() if publish else None
    story.save(update_fields=["published_at"])
    record(actor, edition, "publish_story", story, {"published": publish}, label=story.entry.case.number)
    return story


@transaction.atomic
def export_everything(actor: Any, edition: Edition) -> Any:
    """Have everything of an edition written into one archive by a job; returns the job."""
    require(policies.may_stage(actor, edition))
    audit.append(actor, edition_id=edition.pk, action="edition.export", obj=edition)
    return jobs.enqueue(EXPORT_EDITION, key=f"showcase.export:{edition.pk}", owner_id=actor.pk, again=True, edition_id=edition.pk)
