"""A round that hides the applicant: its name is nowhere in what an expert gets."""

from __future__ import annotations

import json

import pytest

from praxis.foundation.errors import Missing
from praxis.lifecycle.cases.models import Partner, Revision
from praxis.lifecycle.reviews import reading, selectors
from tests.support import committee, world

pytestmark = pytest.mark.django_db

NAMES = {"en": "Savanna Water Works", "zh-hans": "草原水务"}
PARTNER = {"en": "Delta Institute", "zh-hans": "三角洲研究所"}


def blind(preset=world.PITCH):
    """A committee of a round that hides the applicant, whose case names it wherever one can."""
    held = committee.committee(1, 1, preset=preset, state="open")
    row = committee.assign(held)
    content = row.revision.content
    content["organisation"]["names"] = NAMES
    content["titles"] = {"en": "Wells by SAVANNA   Water works", "zh-hans": "草原水务的水井"}
    content["texts"] = {
        "en": {"title": "Wells by Savanna Water Works", "summary": "Savanna Water Works and the Delta Institute dig."},
        "zh-hans": {"title": "草原水务的水井", "summary": "草原水务与三角洲研究所合作。"},
    }
    content["partners"] = [{"names": PARTNER, "place": "KE", "roles": {"en": "Delta Institute drills"}, "confirmed": True}]
    content["attachments"] = [
        {
            "key": "p" * 32, "kind": "picture", "file": 0, "state": "ready", "width": 1, "height": 1, "seconds": None,
            "captions": {"en": "The yard of Savanna Water Works"}, "alts": {"en": "Savanna Water Works"},
            "credit": "Savanna Water Works", "licence": "", "consent": True,
        },
        {
            "key": "d" * 32, "kind": "document", "file": 0, "state": "ready", "width": None, "height": None,
            "seconds": None, "captions": {"en": "Report"}, "alts": {}, "credit": "", "licence": "", "consent": True,
        },
    ]  # fmt: skip
    Revision.objects.filter(pk=row.revision_id).update(content=content)
    type(held.cases[0]).objects.filter(pk=held.cases[0].pk).update(titles=content["titles"])
    held.cases[0].organisation.names = NAMES
    held.cases[0].organisation.save()
    return held, row.key


def tells(text: str) -> list[str]:
    """The hidden names a text holds."""
    folded = " ".join(text.split()).casefold()
    return [name for name in (*NAMES.values(), *PARTNER.values()) if name.casefold() in folded]


def test_the_content_an_expert_reads_names_neither_applicant_nor_partners():
    held, key = blind()
    row = selectors.my_assignment(held.expert().user, key)
    said = selectors.readable(row)
    assert tells(json.dumps(said, ensure_ascii=False)) == []
    assert said["organisation"] is None
    assert [item["kind"] for item in said["attachments"]] == ["picture"]
    assert reading.WITHHELD["en"] in said["texts"]["en"]["summary"]
    assert tells(json.dumps(row.revision.content, ensure_ascii=False)) != []
    with pytest.raises(Missing):
        selectors.my_file(row, "d" * 32)


@pytest.mark.parametrize("preset", [world.PITCH, world.WIC])
def test_what_a_partner_answered_since_is_seen_whether_or_not_its_name_is(preset):
    held, key = blind(preset)
    row = selectors.my_assignment(held.expert().user, key)
    frozen = row.revision.content["partners"]
    for one in frozen:
        Partner.objects.create(case_id=row.case_id, names=one["names"], state="declined" if one["confirmed"] else "confirmed")
    said = selectors.readable(row, answers=True)["partners"]
    assert [one["confirmed"] for one in said] == [not one["confirmed"] for one in frozen]
    assert [one["confirmed"] for one in selectors.readable(row)["partners"]] == [one["confirmed"] for one in frozen]
    assert bool(tells(json.dumps(said, ensure_ascii=False))) is (preset == world.WIC)


def test_the_list_of_a_blind_round_names_nobody_either():
    held, _key = blind()
    rows = selectors.my_assignments(held.expert(), held.round()).rows
    assert tells(json.dumps([item.titles for item in rows], ensure_ascii=False)) == []


def test_a_round_that_shows_the_applicant_shows_all_of_it():
    held, key = blind(world.WIC)
    said = selectors.readable(selectors.my_assignment(held.expert().user, key))
    assert sorted(tells(json.dumps(said, ensure_ascii=False))) == sorted((*NAMES.values(), *PARTNER.values()))
    assert "consents" not in said
