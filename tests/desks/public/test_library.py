"""The library, the Casebook and what belongs to it: everything after the release, nothing before."""

from __future__ import annotations

import copy
import io
import re
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from praxis.foundation.archive import services as archive
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.files.models import StoredFile
from praxis.foundation.files.services import store_product
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.casebook import services as casebook
from praxis.lifecycle.casebook.models import Build, Entry, EntryPicture, EntryText
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.showcase.models import Certificate, Invitation, Story
from tests.support import stages, world

pytestmark = pytest.mark.django_db
informed = stages.made_once(stages.told)
public = stages.made_once(stages.released)
stage = stages.copied()
at = stages.at
_codes = count(1)


def shelf(edition: Edition) -> str:
    """Where the book of an edition is."""
    return f"casebooks/{edition.programme.code}/{edition.code}/"


def picture(entry: Entry, *, printed: bool = True, kind: str = "picture") -> EntryPicture:
    """A picture of an entry with one smaller copy of it."""
    data = io.BytesIO()
    Image.new("RGB", (30, 20), "navy").save(data, "JPEG")
    file = store_product("photo.jpg", "image/jpeg", data.getvalue())
    StoredFile.objects.filter(pk=file.pk).update(derived={"thumb": file.path}, width=30, height=20)
    return EntryPicture.objects.create(
        entry=entry, key=f"pic{next(_codes)}", kind=kind, file=file, captions={"en": "A mast", "zh-hans": "基站"},
        alts={"en": "A mast on a hill", "zh-hans": "山上的基站"}, credit="Wanjiku", origin="display", printed=printed,
    )  # fmt: skip


def book(edition: Edition, *, published: bool = True) -> Build:
    file = store_product("casebook-en.pdf", "application/pdf", b"%PDF-1.7 a book")
    return Build.objects.create(
        casebook=edition.casebook, language="en", format="pdf", state="ready", file=file, published=published
    )


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@at("informed")
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_before_the_release_everything_answers_like_an_unknown_address(
    client: Client, stage: stages.Stage, language: str
) -> None:
    edition = stage.edition
    entry = stage.entry(0)
    shown = picture(entry)
    book(edition)
    nowhere = f"casebooks/{edition.programme.code}/nowhere/"
    pairs = [
        (f"library/{entry.key}/", f"library/{'0' * 32}/", entry.key, "0" * 32),
        (f"library/{entry.key}/{shown.key}/", f"library/{'0' * 32}/{shown.key}/", entry.key, "0" * 32),
        (f"library/{entry.key}/{shown.key}/thumb/", f"library/{'0' * 32}/{shown.key}/thumb/", entry.key, "0" * 32),
        *(
            (f"{shelf(edition)}{tail}", f"{nowhere}{tail}", f"/{edition.code}/", "/nowhere/")
            for tail in ("", "statistics/", "errata/", "en/pdf/")
        ),
        (f"{shelf(edition)}en/pdf/", f"{shelf(edition)}fr/pdf/", "en/pdf", "fr/pdf"),
    ]
    for known, unknown, one, other in pairs:
        for headers in ({}, {"If-None-Match": f'"{shown.file.key}-main"'}, {"Range": "bytes=0-3"}):
            with CaptureQueriesContext(connection) as first:
                a = client.get(f"/{language}/{known}", headers=headers)
            with CaptureQueriesContext(connection) as second:
                b = client.get(f"/{language}/{unknown}", headers=headers)
            assert (a.status_code, b.status_code) == (404, 404), known
            assert a.content.decode().replace(one, other) == b.content.decode().replace(one, other)
            assert dict(a.headers) | {"Content-Length": ""} == dict(b.headers) | {"Content-Length": ""}
            assert len(first) == len(second)
    for path in ("library/", "library/?q=Rural", "library/?outstanding=on", "casebooks/", ""):
        page = text_of(client, f"/{language}/{path}")
        assert entry.key not in page
        assert "Rural schools" not in page
        assert "乡村学校联网" not in page


@at("public")
def test_after_the_release_the_cases_are_listed_outstanding_first(client: Client, stage: stages.Stage) -> None:
    for language in ("en", "zh-hans"):
        page = text_of(client, f"/{language}/library/")
        places = []
        for place in range(3):
            entry = stage.entry(place)
            assert entry.titles[language] in page
            assert entry.applicants[language] in page
            places.append(page.index(entry.titles[language]))
        assert min(places) == places[0]
        assert page.count("status--seal") == 1
        # What was not chosen is nowhere.
        assert stage.case(4).titles[language] not in page


@at("public")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_front_page_shows_the_outstanding_cases_of_the_newest_casebook(
    client: Client, stage: stages.Stage, language: str
) -> None:
    page = text_of(client, f"/{language}/")
    assert stage.entry(0).titles[language] in page
    assert stage.entry(1).titles[language] not in page
    assert f"/{language}/library/?year={stage.edition.year}&amp;outstanding=on" in page


@at("public")
def test_the_library_is_narrowed_and_searched(client: Client, stage: stages.Stage) -> None:
    entries = [stage.entry(place) for place in range(3)]
    titles = [row.titles["en"] for row in entries]

    def found(query: str) -> list[int]:
        page = text_of(client, f"/en/library/?{query}")
        return [place for place, title in enumerate(titles) if title in page]

    assert found("") == [0, 1, 2]
    assert found("outstanding=on") == [0]
    assert "1 case fits." in text_of(client, "/en/library/?outstanding=on")
    assert "fits." not in text_of(client, "/en/library/"), "unasked, nothing is counted"
    assert found(f"category={entries[1].category.code}") == [
        place for place, row in enumerate(entries) if row.category_id == entries[1].category_id
    ]
    assert found("year=2026") == [0, 1, 2]
    assert found("year=2025") == []
    assert found("place=KE") == [0, 1, 2]
    assert found("place=BR") == []
    assert found(f"kind={entries[0].kinds[0]}") == [0, 1, 2]
    assert found("kind=nothing") == []
    number = titles[2].rsplit(" ", 1)[1]
    assert found(f"q={quote('Rural ' + number)}") == [2]
    chinese = quote(entries[1].titles["zh-hans"])
    assert found(f"q={chinese}") == [1]
    assert found("q=" + quote("乡村")) == [0, 1, 2]


@at("public")
@pytest.mark.parametrize(
    "query",
    ["year=x", "year=20260", "cursor=%00x", "cursor=zzzz", "cursor=" + "A" * 4000, "q=" + "%F0%9F%92%A9" * 90, "place='--",
     "q=%22%22*%28", "category=" + "x" * 3000, "kind=%ff%fe", "outstanding=", "q=%E2%80%8B", "q=a%07b"],
)  # fmt: skip
def test_odd_filters_never_break_the_library(client: Client, stage: stages.Stage, query: str) -> None:
    for page in ("library/", "library/earlier/"):
        assert client.get(f"/en/{page}?{query}").status_code in (200, 400)


@at("public")
def test_a_list_costs_the_same_with_one_with_three_and_with_three_hundred(client: Client, stage: stages.Stage) -> None:
    client.get("/en/library/")
    counted = []
    keep = list(Entry.objects.filter(casebook__edition=stage.edition).order_by("id"))
    picture(keep[0])
    Entry.objects.filter(pk__in=[row.pk for row in keep[1:]]).update(state="dropped")
    counted.append(_statements(client, "/en/library/"))
    Entry.objects.filter(pk__in=[row.pk for row in keep[1:]]).update(state="approved", approved_at=stage.instant)
    counted.append(_statements(client, "/en/library/"))
    _multiply(keep[0], 297)
    counted.append(_statements(client, "/en/library/"))
    assert counted[0] == counted[1] == counted[2] <= 8
    page = client.get("/en/library/").content.decode()
    assert page.count('<li class="entry-card') == 24
    seen = page.count('<li class="entry-card')
    while following := re.search(r'rel="next" href="([^"]+)"', page):
        page = client.get("/en/library/" + following.group(1).replace("&amp;", "&")).content.decode()
        seen += page.count('<li class="entry-card')
    assert seen == 300


def _statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def _multiply(entry: Entry, times: int) -> None:
    """Copies of an entry, each of a case of its own."""
    source = Case.objects.get(pk=entry.case_id)
    cases = []
    for number in range(times):
        case = copy.copy(source)
        case.pk, case.key, case.number = None, f"copy{number:028d}", f"C-{number}"
        cases.append(case)
    entries = []
    for number, case in enumerate(Case.objects.bulk_create(cases)):
        row = copy.copy(entry)
        row.pk, row.case, row.key, row.outstanding = None, case, f"entry{number:027d}", False
        row._state = copy.copy(entry._state)
        row._prefetched_objects_cache = {}
        entries.append(row)
    made = Entry.objects.bulk_create(entries)
    EntryText.objects.bulk_create(
        EntryText(entry=row, language=language, field="summary", body="Short.") for row in made for language in ("en", "zh-hans")
    )


@at("public")
def test_a_case_is_read_in_the_readers_language_and_in_the_other(client: Client, stage: stages.Stage) -> None:
    entry = stage.entry(0)
    shown = picture(entry)
    hidden = picture(entry, printed=False)
    video = picture(entry, printed=False, kind="video")
    english = text_of(client, f"/en/library/{entry.key}/")
    bodies = {(row.language, row.field): row.body for row in entry.texts.all()}
    config = stage.edition.settings
    for item in config.elements:
        assert bodies["en", item.code] in english
        assert bodies["zh-hans", item.code] not in english
        assert f">{item.label['en']}<" in english
    assert "Kenya" in english
    assert "Outstanding Case" in english
    assert "A mast on a hill" in english
    assert "Wanjiku" in english
    assert f"/{shown.key}/" in english
    assert f"/{hidden.key}/" not in english
    assert f"/{video.key}/" in english
    other = text_of(client, f"/en/library/{entry.key}/?text=zh-hans")
    assert bodies["zh-hans", "background"] in other
    assert 'lang="zh-Hans"' in other
    chinese = text_of(client, f"/zh-hans/library/{entry.key}/")
    assert bodies["zh-hans", "background"] in chinese
    assert "肯尼亚" in chinese
    assert "山上的基站" in chinese
    # A language nobody wrote in is not an error.
    assert bodies["en", "background"] in text_of(client, f"/en/library/{entry.key}/?text=fr")


@at("public")
def test_only_a_missing_language_falls_back_to_the_other(client: Client, stage: stages.Stage) -> None:
    entry = stage.entry(1)
    entry.texts.filter(language="en").delete()
    page = text_of(client, f"/en/library/{entry.key}/")
    assert entry.texts.get(language="zh-hans", field="background").body in page


@at("public")
def test_pictures_are_streamed_publicly_and_only_those_that_are_shown(client: Client, stage: stages.Stage) -> None:
    entry = stage.entry(0)
    shown, hidden = picture(entry), picture(entry, printed=False)
    answer = client.get(f"/en/library/{entry.key}/{shown.key}/")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:2] == b"\xff\xd8"
    assert answer["Cache-Control"] == "public, max-age=3600"
    assert answer["X-Content-Type-Options"] == "nosniff"
    again = client.get(f"/en/library/{entry.key}/{shown.key}/", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert client.get(f"/en/library/{entry.key}/{shown.key}/thumb/").status_code == 200
    for path in (f"{hidden.key}/", f"{shown.key}/original/", "nothing/"):
        assert client.get(f"/en/library/{entry.key}/{path}").status_code == 404
    # Called after its case, whatever the applicant called the file.
    answer = client.get(f"/en/library/{entry.key}/{shown.key}/")
    assert re.fullmatch(rf'inline; filename="{entry.case.number}-\d+\.\w+"', answer["Content-Disposition"])
    # A picture is reached through its own case alone.
    assert client.get(f"/en/library/{stage.entry(1).key}/{shown.key}/").status_code == 404
    config = copy.deepcopy(Edition.objects.defer(None).get(pk=stage.edition.pk).config)
    config["settings"]["publishes"] = ["texts"]
    Edition.objects.filter(pk=stage.edition.pk).update(config=config, config_digest="without-pictures")
    assert client.get(f"/en/library/{entry.key}/{shown.key}/").status_code == 404
    assert client.get(f"/en/{shelf(stage.edition)}statistics/").status_code == 404
    assert shown.key not in text_of(client, f"/en/library/{entry.key}/")


@at("public")
def test_a_dropped_entry_is_unknown(client: Client, stage: stages.Stage) -> None:
    entry = stage.entry(2)
    Entry.objects.filter(pk=entry.pk).update(state="dropped")
    assert client.get(f"/en/library/{entry.key}/").status_code == 404
    assert entry.titles["en"] not in text_of(client, "/en/library/")


@at("public")
def test_the_book_is_downloaded_and_an_unpublished_build_is_not(client: Client, stage: stages.Stage) -> None:
    Build.objects.all().delete()
    build = book(stage.edition)
    for page in ("/en/casebooks/", f"/en/{shelf(stage.edition)}"):
        assert f"/en/{shelf(stage.edition)}en/pdf/" in text_of(client, page)
    answer = client.get(f"/zh-hans/{shelf(stage.edition)}en/pdf/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 a book"
    assert answer["Content-Disposition"].startswith("attachment")
    build.published = False
    build.save()
    assert client.get(f"/zh-hans/{shelf(stage.edition)}en/pdf/").status_code == 404
    assert client.get(f"/zh-hans/{shelf(stage.edition)}en/epub/").status_code == 404


@at("public")
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_figures_count_what_was_submitted_and_chosen(client: Client, stage: stages.Stage, language: str) -> None:
    page = text_of(client, f"/{language}/{shelf(stage.edition)}statistics/")
    for value in (5, 3, 1, 2):
        assert f'<dd class="stat__value">{value}</dd>' in page
    assert page.count("<figure class=\"figure\"") == 3
    assert page.count("<table") == 3
    for item in stage.edition.settings.categories:
        assert item.label[language] in page


@at("public")
def test_a_correction_is_told_with_the_case_and_in_the_list(client: Client, stage: stages.Stage) -> None:
    entry = stage.entry(1)
    assert "Nothing has been corrected" in text_of(client, f"/en/{shelf(stage.edition)}errata/")
    casebook.add_erratum(stage.desk, entry, said={"en": "Read 13 <schools>.", "zh-hans": "应为十三所学校。"})
    for path in (f"/en/library/{entry.key}/", f"/en/{shelf(stage.edition)}errata/"):
        assert "Read 13 &lt;schools&gt;." in text_of(client, path)
    assert "应为十三所学校。" in text_of(client, f"/zh-hans/{shelf(stage.edition)}errata/")


@at("public")
def test_a_story_is_shown_once_it_is_published(client: Client, stage: stages.Stage) -> None:
    entry = stage.entry(0)
    story = Story.objects.create(entry=entry, language="en", title="Above the valley", body="The road ends here.")
    assert "Above the valley" not in text_of(client, f"/en/library/{entry.key}/")
    story.published_at = stage.instant
    story.save()
    assert "The road ends here." in text_of(client, f"/en/library/{entry.key}/")


@at("public", "informed")
def test_a_certificate_is_checked_by_its_code_after_the_release(client: Client, stage: stages.Stage) -> None:
    entry = stage.entry(0)
    Certificate.objects.create(
        edition=stage.edition, kind="outstanding", entry=entry, names={"en": "Example institution"}, code="2026-ABC123"
    )
    released = stage.edition.state == "released"
    known = text_of(client, "/en/certificates/?code=%202026-abc123")
    assert ("This certificate is genuine" in known) is released
    assert ("Example institution" in known) is released
    unknown = text_of(client, "/en/certificates/?code=2026-ZZZ999")
    assert "No certificate has this code" in unknown
    if not released:
        asked = text_of(client, "/en/certificates/?code=2026-ABC123")
        assert asked.replace("2026-ABC123", "2026-ZZZ999") == unknown
    assert client.get("/en/certificates/?code=" + "%27" * 500).status_code == 200


@at("informed")
def test_an_invitation_is_answered_by_its_link_and_opening_it_answers_nothing(client: Client, stage: stages.Stage) -> None:
    row = Invitation.objects.create(
        edition=stage.edition, entry=stage.entry(0), mode="onsite", name="Amina", token="secret-token", state="sent",
        email="amina@example.org",
    )  # fmt: skip
    page = text_of(client, "/en/invitation/secret-token/")
    assert "For Amina" in page
    assert "I come" in page
    assert "keep this invitation to yourself" in page
    Invitation.objects.filter(pk=row.pk).update(mode="online")
    assert "I take part" in text_of(client, "/en/invitation/secret-token/")
    row.refresh_from_db()
    assert row.state == "sent"
    assert client.post("/en/invitation/secret-token/", {"answer": "perhaps"}).status_code == 422
    assert client.post("/en/invitation/secret-token/", {"answer": "yes"}).status_code == 303
    row.refresh_from_db()
    assert row.state == "accepted"
    client.post("/en/invitation/secret-token/", {"answer": "no"})
    row.refresh_from_db()
    assert row.state == "declined"
    Invitation.objects.filter(pk=row.pk).update(state="draft")
    assert client.get("/en/invitation/secret-token/").status_code == 404
    assert client.post("/en/invitation/another/", {"answer": "yes"}).status_code == 404


def test_past_cases_are_shown_with_what_is_unknown_called_so(client: Client) -> None:
    edition = world.edition()
    archive.load_csv(SYSTEM, edition.programme, (Path(world.PRESETS) / "past-cases-wic.csv").read_text(encoding="utf-8"))
    english, chinese = text_of(client, "/en/library/"), text_of(client, "/zh-hans/library/")
    assert "Digital Dunhuang" in english
    assert ">unknown<" in english
    assert "数字敦煌" in chinese
    assert ">未知<" in chinese
    assert "Digital Dunhuang" in text_of(client, "/en/library/earlier/?year=2022")
    assert "Digital Dunhuang" not in text_of(client, "/en/library/earlier/?year=2023")
    assert "数字敦煌" in text_of(client, "/zh-hans/library/earlier/?q=" + quote("敦煌"))
    assert "Digital Dunhuang" not in text_of(client, "/en/library/earlier/?q=satellite")
