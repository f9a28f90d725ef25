"""Jobs of the selection."""

from __future__ import annotations

from django_tasks import task

from praxis.foundation.files import services as files
from praxis.foundation.jobs import services as jobs
from praxis.lifecycle.selection import lists
from praxis.lifecycle.selection.models import Decision, Selection


@task()
def make_lists(*, selection_id: int) -> None:
    """The list for approval as docx and xlsx, kept with the selection."""
    selection = Selection.objects.select_related("edition").get(pk=selection_id)
    rows = list(
        Decision.objects.filter(selection=selection)
        .select_related("case__organisation", "case__category", "tier")
        .order_by("tier__position", "reserve", "case__number")
    )
    docx, xlsx = lists.docx(selection, rows), lists.xlsx(selection, rows)
    name = f"{selection.edition.code}-list-{selection.digest[:8]}"
    with jobs.fence():
        selection.list_docx = files.store_product(f"{name}.docx", lists.DOCX, docx)
        selection.list_xlsx = files.store_product(f"{name}.xlsx", lists.XLSX, xlsx)
        selection.save(update_fields=["list_docx", "list_xlsx"])
