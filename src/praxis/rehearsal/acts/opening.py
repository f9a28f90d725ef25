"""The call opens: people are named, units appointed."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.people import services as people
from praxis.foundation.programmes import services as programmes
from praxis.lifecycle.recommendations import services as recommendations
from praxis.rehearsal.stagecraft import Play

SECRETARIAT = (
    ("chair1@secretariat.example", "Lin Yue", "zh-hans"),
    ("chair2@secretariat.example", "Amara Osei", "en"),
    ("desk1@secretariat.example", "Zhou Ning", "zh-hans"),
    ("desk2@secretariat.example", "Ines Duarte", "en"),
)


def name_people(play: Play) -> None:
    """A secretariat of four, two of them chairs."""
    with play.report.act(_("people"), _("named on the edition")) as act, play.on(-95):
        for place, (email, name, language) in enumerate(SECRETARIAT):
            user = people.ensure_user(email, name=name, language=language)
            programmes.name_on(SYSTEM, play.edition, user, "chair" if place < 2 else "secretariat")
            play.secretariat.append(user)
        play.chairs = play.secretariat[:2]
        act.count = len(play.secretariat)


def open_call(play: Play) -> None:
    """The secretariat opens the call."""
    with play.report.act(_("opening"), _("edition opened")) as act, play.on(-89):
        programmes.advance(play.secretariat[2], play.edition, "open")
        act.count = 1


def found_organisations(play: Play) -> None:
    """Every organisation registers, with its first colleague."""
    with play.report.act(_("organisations"), _("registered")) as act:
        for index, invented in enumerate(play.world.organisations):
            with play.on(-88 + 60 * index / max(1, len(play.world.organisations))):
                chinese = invented.place in ("CN", "HK", "MO", "TW")
                user = people.ensure_user(
                    invented.contact_email, name=invented.contact_name, language="zh-hans" if chinese else "en"
                )
                play.applicants[invented.key] = user
                play.organisations[invented.key] = people.found_organisation(
                    user, names=dict(invented.names), kind=invented.kind, place=invented.place,
                    registration=invented.registration_number or "", invented=True,
                )
            play.report.progress(index + 1, len(play.world.organisations))
        act.count = len(play.organisations)
        places = {invented.place for invented in play.world.organisations}
        act.note(_("%(applicants)s applicants from %(places)s countries or regions"), applicants=f"{act.count:,}", places=len(places))


def appoint_units(play: Play) -> None:
    """Associations and ministries become recommending units."""
    if not play.config.nominators.enabled:
        return
    with play.report.act(_("units"), _("appointed")) as act, play.on(-86):
        for place, invented in enumerate(play.world.units):
            clerk = people.ensure_user(f"clerk@unit-{place + 1}.example", name=f"Clerk {place + 1}", language="zh-hans" if place % 2 == 0 else "en")
            organisation = people.found_organisation(
                clerk, names=dict(invented.names), kind=invented.kind, place=invented.place, invented=True
            )
            play.applicants[invented.key] = clerk
            unit = recommendations.appoint(
                play.secretariat[2], play.edition, organisation, code=f"unit-{place + 1}", closes_at=play.instant(-10),
                mailbox=f"cases@unit-{place + 1}.example", quota=play.config.nominators.quota,
            )
            recommendations.change_page(
                clerk, unit, mailbox=f"cases@unit-{place + 1}.example", closes_at=play.instant(-10),
                welcome={"zh-hans": "欢迎会员单位通过本页申报，请留意我们的内部截止时间。", "en": "Members are welcome to apply through this page. Please mind our earlier deadline."},
            )
            play.units[invented.key] = unit
        act.count = len(play.units)
