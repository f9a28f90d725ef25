"""Jobs of the showcase: certificates, and the export of everything."""

from __future__ import annotations

from django_tasks import task

from praxis.foundation.files import services as files
from praxis.foundation.files import storage
from praxis.foundation.jobs import services as jobs
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.showcase import certificates, exports
from praxis.lifecycle.showcase.models import Certificate

PDF, ZIP = "application/pdf", "application/zip"


@task()
def set_certificates(*, edition_id: int) -> None:
    """Set every certificate of an edition that has no file yet."""
    edition = Edition.objects.select_related("programme").get(pk=edition_id)
    waiting = list(Certificate.objects.filter(edition=edition, file=None).select_related("entry", "unit").order_by("id"))
    jobs.progress(5)
    made = certificates.build(edition, waiting)
    with jobs.fence():
        for row, data in zip(waiting, made, strict=True):
            row.file = files.store_product(f"{row.code}.pdf", PDF, data)
            row.save(update_fields=["file"])


@task()
def export_edition(*, edition_id: int) -> None:
    """Write everything of an edition into one archive; the job's result names the file."""
    edition = Edition.objects.select_related("programme").get(pk=edition_id)
    with storage.scratch_file(".zip") as scratch:
        exports.write(edition, scratch, jobs.progress)
        with jobs.fence() as run:
            file = files.store_product(f"{edition.code}-everything.zip", ZIP, scratch)
            run.result = {"edition": edition.pk, "file": file.key}
