"""What describes an edition: typed, immutable, read from a preset or from the JSON stored with the edition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Protocol, Self, TypeVar
from zoneinfo import ZoneInfo

from praxis.foundation.programmes import shapes
from praxis.foundation.programmes.shapes import Holds, Refers, Within

Label = Annotated[dict[str, str], Holds.LABEL]
Code = Annotated[str, Holds.CODE]
Text = Annotated[str, Holds.NOT_EMPTY]
Count = Annotated[int, Within(0)]
Positive = Annotated[int, Within(1)]
Points = Annotated[float, Within(0)]
Lengths = Annotated[dict[str, Positive], Holds.PER_LANGUAGE]

Severity = Literal["wall", "warning"]
RuleKind = Literal[
    "one_category",
    "uses_internet",
    "started_after",
    "min_places",
    "not_in_casebook",
    "before_deadline",
    "languages",
    "consents",
    "texts_complete",
    "materials_complete",
]
RoundKind = Literal["scores", "pitch"]
Published = Literal["texts", "pictures", "videos", "documents", "partners", "places", "statistics"]

TITLE, SUMMARY = "title", "summary"
ANY_LANGUAGE = "any"


class Coded(Protocol):
    """Anything found by its code."""

    @property
    def code(self) -> str: ...


CodedT = TypeVar("CodedT", bound=Coded)


@dataclass(frozen=True, slots=True)
class CodedLabel:
    """A code with its name: a kind of applicant, a kind of content, a principle, a proposition."""

    code: Code
    label: Label


@dataclass(frozen=True, slots=True)
class ProgrammeConfig:
    """The programme an edition belongs to."""

    code: Code
    names: Label
    organiser: Label
    short_names: Label = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LanguagesRequired:
    """The languages a case must be complete in at a step; `submit` may be ("any",): one of them is enough."""

    submit: Annotated[tuple[str, ...], Holds.NOT_EMPTY]
    casebook: Annotated[tuple[str, ...], Holds.NOT_EMPTY]


@dataclass(frozen=True, slots=True)
class EditionInfo:
    """A programme's year: its names, time zone (IANA) and languages."""

    code: Code
    year: Annotated[int, Within(1990, 2200)]
    names: Label
    zone: Annotated[str, Holds.ZONE]
    zone_names: Label
    languages: Annotated[tuple[Annotated[str, Holds.LANGUAGE], ...], Holds.NOT_EMPTY]
    default_language: str
    languages_required: LanguagesRequired


@dataclass(frozen=True, slots=True)
class DatesConfig:
    """Instants of an edition, all with an offset; every one called `closes` is exclusive, unknown ones None."""

    opens: datetime
    closes: datetime
    review_opens: datetime | None = None
    review_closes: datetime | None = None
    announcement: datetime | None = None
    summit_opens: datetime | None = None
    summit_closes: datetime | None = None


@dataclass(frozen=True, slots=True)
class CategoryConfig:
    """What screens of some programmes call a field: exactly one a case. `hue` is #rrggbb."""

    code: Code
    label: Label
    description: Label
    hue: Annotated[str, Holds.COLOUR]
    examples: tuple[Label, ...] = ()
    proposition: Annotated[str, Refers(("propositions",))] | None = None


@dataclass(frozen=True, slots=True)
class FieldConfig:
    """A text of the form; `limits` and `minimum` count CJK characters and Latin words, per language."""

    code: Code
    label: Label
    limits: Lengths
    guidance: Label = field(default_factory=dict)
    hint: Label = field(default_factory=dict)
    minimum: Lengths = field(default_factory=dict)
    heading: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """How many pictures and of what kind; `min_count` is what the rule `materials_complete` looks for."""

    max_count: Count
    formats: Annotated[tuple[Literal["jpeg", "png", "webp", "heif"], ...], Holds.NOT_EMPTY]
    min_long_side: Positive
    max_bytes: Positive
    min_count: Count = 0


@dataclass(frozen=True, slots=True)
class VideoLimits:
    """How many videos and of what kind."""

    max_count: Count
    formats: Annotated[tuple[Literal["mp4", "mov", "webm"], ...], Holds.NOT_EMPTY]
    max_seconds: Positive
    max_bytes: Positive
    min_count: Count = 0


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """How many documents and of what kind."""

    max_count: Count
    formats: Annotated[tuple[Literal["pdf", "docx"], ...], Holds.NOT_EMPTY]
    max_bytes: Positive
    min_count: Count = 0


@dataclass(frozen=True, slots=True)
class MaterialsConfig:
    """What may be attached to a case."""

    pictures: PictureLimits
    videos: VideoLimits
    documents: DocumentLimits


@dataclass(frozen=True, slots=True)
class RuleConfig:
    """A rule of eligibility; `year` and `including` belong to `started_after`, `n` to `min_places`."""

    code: Code
    kind: RuleKind
    label: Label
    explanation: Label
    severity: Severity
    year: Annotated[int, Within(1900, 2200)] | None = None
    including: bool | None = None
    n: Positive | None = None


@dataclass(frozen=True, slots=True)
class ScaleConfig:
    """The marks an expert may give: low, low + step, ..., high."""

    low: float
    high: float
    step: Annotated[float, Within(0, above=True)]

    def values(self) -> tuple[float, ...]:
        """Every mark, ascending."""
        count = round((self.high - self.low) / self.step)
        return tuple(round(self.low + index * self.step, 6) for index in range(count + 1))


@dataclass(frozen=True, slots=True)
class CriterionConfig:
    """What is scored; `anchors` say in words what a mark means."""

    code: Code
    label: Label
    guidance: Label
    anchors: dict[float, Label]
    weight: Annotated[float, Within(0, above=True)] = 1.0


@dataclass(frozen=True, slots=True)
class RoundConfig:
    """One round of review. `takes_from` names the tier or round whose cases it looks at; None: all admitted.

    `reviews_per_case` is how many experts score a case; where `panel` is set every member of the panel may,
    and it is the least number of sheets before a standing counts. `tier` is the tier chosen in the round.
    """

    code: Code
    label: Label
    kind: RoundKind
    criteria: Annotated[tuple[Annotated[str, Refers(("criteria",))], ...], Holds.NOT_EMPTY]
    reviews_per_case: Positive
    takes_from: Annotated[str, Refers(("tiers", "rounds"))] | None = None
    panel: bool = False
    hides_applicant: bool = False
    tier: Annotated[str, Refers(("tiers",))] | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class TierConfig:
    """A set of chosen cases: about so many, never fewer than low nor more than high, chosen in a round."""

    code: Code
    label: Label
    size_about: Positive
    size_low: Positive
    size_high: Positive
    round: Annotated[str, Refers(("rounds",))]
    on_stage: bool = False


@dataclass(frozen=True, slots=True)
class ConsentConfig:
    """What an applicant agrees to before submitting."""

    code: Code
    label: Label
    text: Label
    required: bool = True


@dataclass(frozen=True, slots=True)
class QuestionConfig:
    """A frequent question with its answer."""

    question: Label
    answer: Label


@dataclass(frozen=True, slots=True)
class SelfCheckConfig:
    """A yes-or-no question before registering; any other answer than `expected` is `on_no`."""

    code: Code
    label: Label
    explanation: Label
    rule: Annotated[str, Refers(("rules",))]
    expected: bool = True
    on_no: Severity = "wall"


@dataclass(frozen=True, slots=True)
class ContactConfig:
    """How to reach the secretariat: an office, never a person."""

    mailbox: Annotated[str, Holds.MAILBOX]
    website: Annotated[str, Holds.WEBSITE]
    office: Label = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoticeOverride:
    """Words of this edition in place of the usual ones of a kind of notice."""

    kind: Code
    subject: Label
    body: Label


@dataclass(frozen=True, slots=True)
class NominatorsConfig:
    """Units that recommend cases; `quota` is the usual most for one unit, None for as many as it likes."""

    enabled: bool
    label: Label = field(default_factory=dict)
    quota: Positive | None = None
    endorsement_required: bool = False


@dataclass(frozen=True, slots=True)
class AwardPoints:
    """Points a case brings its unit for every step it reaches; they add up."""

    submitted: Points
    admitted: Points
    tiers: Annotated[dict[str, Points], Refers(("tiers",))]


@dataclass(frozen=True, slots=True)
class UnitAwardConfig:
    """The award for units: points for cases of their own and for cases they collected; `size_about` winners."""

    label: Label
    size_about: Positive
    own: AwardPoints
    collected: AwardPoints


@dataclass(frozen=True, slots=True)
class ShowcaseConfig:
    """The release on stage."""

    venue: Label
    slot_minutes: Positive
    presenters: Positive = 1
    assistants: Count = 1


@dataclass(frozen=True, slots=True)
class StepConfig:
    """A step of how to apply."""

    label: Label
    text: Label


@dataclass(frozen=True, slots=True)
class StageConfig:
    """A stage of the edition as the call tells it; `when` is free text, since a date may not be fixed yet."""

    label: Label
    when: Label
    text: Label


@dataclass(frozen=True, slots=True)
class CallConfig:
    """The words of the public call."""

    lead: Label
    who: Label
    how: tuple[StepConfig, ...]
    stages: tuple[StageConfig, ...]
    background: Label = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SettingsConfig:
    """What is switched on; `publishes` is what of a chosen case becomes public with the release."""

    publishes: tuple[Published, ...]
    voting: bool = False
    publicity_days: Count = 0
    fees: Literal["none"] = "none"


@dataclass(frozen=True, slots=True)
class EditionConfig:
    """Everything that makes an edition of one programme differ from an edition of another."""

    programme: ProgrammeConfig
    edition: EditionInfo
    dates: DatesConfig
    call: CallConfig
    contact: ContactConfig
    settings: SettingsConfig
    materials: MaterialsConfig
    scale: ScaleConfig
    nominators: NominatorsConfig
    categories: Annotated[tuple[CategoryConfig, ...], Holds.NOT_EMPTY]
    applicant_kinds: Annotated[tuple[CodedLabel, ...], Holds.NOT_EMPTY]
    content_kinds: Annotated[tuple[CodedLabel, ...], Holds.NOT_EMPTY]
    fields: Annotated[tuple[FieldConfig, ...], Holds.NOT_EMPTY]
    rules: Annotated[tuple[RuleConfig, ...], Holds.NOT_EMPTY]
    criteria: Annotated[tuple[CriterionConfig, ...], Holds.NOT_EMPTY]
    rounds: Annotated[tuple[RoundConfig, ...], Holds.NOT_EMPTY]
    tiers: Annotated[tuple[TierConfig, ...], Holds.NOT_EMPTY]
    consents: tuple[ConsentConfig, ...] = ()
    self_check: tuple[SelfCheckConfig, ...] = ()
    questions: tuple[QuestionConfig, ...] = ()
    principles: tuple[CodedLabel, ...] = ()
    propositions: tuple[CodedLabel, ...] = ()
    notices: tuple[NoticeOverride, ...] = ()
    unit_award: UnitAwardConfig | None = None
    showcase: ShowcaseConfig | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data that `from_json` turns back into an equal configuration."""
        data: dict[str, Any] = shapes.to_json(self)
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Build from what `to_json` gave; KeyError if a required key is absent."""
        config: Self = shapes.from_json(cls, data)
        return config

    def label(self, labels: dict[str, str], language: str) -> str:
        """The text in a language, else in the edition's default language, else in any; "" if there is none."""
        return (
            labels.get(language)
            or labels.get(self.edition.default_language)
            or next((text for text in labels.values() if text), "")
        )

    def category(self, code: str) -> CategoryConfig:
        """The category of this code; KeyError if there is none."""
        return _by_code(self.categories, code)

    def field(self, code: str) -> FieldConfig:
        """The text field of this code; KeyError if there is none."""
        return _by_code(self.fields, code)

    def round(self, code: str) -> RoundConfig:
        """The round of this code; KeyError if there is none."""
        return _by_code(self.rounds, code)

    def tier(self, code: str) -> TierConfig:
        """The tier of this code; KeyError if there is none."""
        return _by_code(self.tiers, code)

    def criterion(self, code: str) -> CriterionConfig:
        """The criterion of this code; KeyError if there is none."""
        return _by_code(self.criteria, code)

    def criteria_of(self, round_code: str) -> tuple[CriterionConfig, ...]:
        """The criteria of a round, in the round's order; KeyError if there is no such round."""
        return tuple(self.criterion(code) for code in self.round(round_code).criteria)

    def rule(self, kind: RuleKind) -> RuleConfig | None:
        """The rule of this kind, None where the edition has none."""
        return next((rule for rule in self.rules if rule.kind == kind), None)

    @property
    def elements(self) -> tuple[FieldConfig, ...]:
        """The fields that tell the case: all but title and summary, in their order."""
        return tuple(item for item in self.fields if item.code not in (TITLE, SUMMARY))


def closing_text(edition: EditionInfo, closes: datetime, language: str) -> str:
    """An exclusive instant as people say it: midnight is 24:00 of the day before, in the edition's zone.

    zh-hans gives 2026年6月15日24:00, every other language 15 June 2026, 24:00 with the zone's own name after it.
    """
    local = closes.astimezone(ZoneInfo(edition.zone))
    hour = f"{local:%H:%M}"
    if hour == "00:00" and local.second == 0:
        local, hour = local - timedelta(days=1), "24:00"
    zone = edition.zone_names.get(language) or edition.zone
    if language.startswith("zh"):
        return f"{local.year}年{local.month}月{local.day}日{hour}（{zone}）"
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {hour} ({zone})"


# Not from the calendar module, whose names follow the locale of the process.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _by_code(items: Iterable[CodedT], code: str) -> CodedT:
    for item in items:
        if item.code == code:
            return item
    raise KeyError(code)
