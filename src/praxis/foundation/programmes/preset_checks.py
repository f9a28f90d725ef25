"""What is wrong with a preset between two places: dates in the wrong order, a round that takes from a later one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar

from praxis.foundation.programmes import config
from praxis.foundation.programmes.preset_walk import Found, meant, say
from praxis.foundation.programmes.shapes import written_number
from praxis.foundation.programmes.toml_lines import Path

Parts = dict[str, Any]
T = TypeVar("T")

RULE_PARAMETERS = {"started_after": ("year", "including"), "min_places": ("n",)}


def contradictions(parts: Parts) -> Iterator[Found]:
    """Every contradiction among the parts of a preset that could be read."""
    for judge in (languages, dates, texts, rules, scale, anchors, rounds, tiers, switches):
        yield from judge(parts)


def section(parts: Parts, name: str, kind: type[T]) -> T | None:
    """A section, None if it is absent or cannot be read."""
    value = parts.get(name)
    return value if isinstance(value, kind) else None


def listed(parts: Parts, name: str, kind: type[T]) -> list[tuple[Path, T]]:
    """The items of a list that could be read, each with its path."""
    items = parts.get(name)
    if not isinstance(items, tuple):
        return []
    return [((name, index), item) for index, item in enumerate(items) if isinstance(item, kind)]


def languages(parts: Parts) -> Iterator[Found]:
    """Languages that are asked for are languages of the edition."""
    info = section(parts, "edition", config.EditionInfo)
    if info is None:
        return
    wanted: list[tuple[Path, str]] = [(("edition", "default_language"), info.default_language)]
    for step in ("submit", "casebook"):
        codes: tuple[str, ...] = getattr(info.languages_required, step)
        path: Path = ("edition", "languages_required", step)
        if step == "submit" and config.ANY_LANGUAGE in codes:
            if len(codes) > 1:
                yield (
                    path,
                    say("“any”只能单独使用", "“any” stands alone: take away the other languages"),
                )
            continue
        wanted += [((*path, index), code) for index, code in enumerate(codes)]
    for path, code in wanted:
        if code not in info.languages:
            ending = meant(code, info.languages)[0]
            yield (
                path,
                say(
                    f"“{code}”不是本届活动的语言{ending['zh-hans']}",
                    f"“{code}” is not a language of this edition{ending['en']}",
                ),
            )


def dates(parts: Parts) -> Iterator[Found]:
    """Every stage begins no earlier than the one before it ends."""
    given = section(parts, "dates", config.DatesConfig)
    if given is None:
        return
    order: list[tuple[str, str, bool]] = [
        ("opens", "closes", True),
        ("closes", "review_opens", False),
        ("review_opens", "review_closes", True),
        ("closes", "review_closes", True),
        ("review_closes", "announcement", False),
        ("closes", "announcement", False),
        ("summit_opens", "summit_closes", True),
        ("closes", "summit_opens", False),
    ]
    seen: set[str] = set()
    for earlier, later, strict in order:
        before: datetime | None = getattr(given, earlier)
        after: datetime | None = getattr(given, later)
        if before is None or after is None or later in seen:
            continue
        if after < before or (strict and after == before):
            seen.add(later)
            yield (
                ("dates", later),
                say(f"“{later}”应当晚于“{earlier}”", f"“{later}” must come after “{earlier}”"),
            )
    for path, item in listed(parts, "rounds", config.RoundConfig):
        if item.due is not None and item.due <= given.closes:
            yield (
                (*path, "due"),
                say("评审截止应当晚于申报截止", "a round is due after the call has closed"),
            )


def texts(parts: Parts) -> Iterator[Found]:
    """A case has a title and a summary, and no text has to be longer than it may be."""
    items = listed(parts, "fields", config.FieldConfig)
    raw_fields = parts.get("fields")
    if isinstance(raw_fields, tuple) and None not in raw_fields:
        codes = [item.code for _, item in items]
        for code in (config.TITLE, config.SUMMARY):
            if code not in codes:
                yield (
                    ("fields",),
                    say(f"[[fields]] 中必须有“{code}”", f"[[fields]] must contain “{code}”"),
                )
    for path, item in items:
        for language, least in item.minimum.items():
            most = item.limits.get(language)
            if most is not None and least > most:
                yield (
                    (*path, "minimum", language),
                    say(f"下限 {least} 大于上限 {most}", f"the minimum {least} is above the limit {most}"),
                )
    materials = section(parts, "materials", config.MaterialsConfig)
    if materials is not None:
        for name in ("pictures", "videos", "documents"):
            limits: config.PictureLimits = getattr(materials, name)
            if limits.min_count > limits.max_count:
                yield (
                    ("materials", name, "min_count"),
                    say("下限大于上限", "the least number is above the greatest"),
                )


def rules(parts: Parts) -> Iterator[Found]:
    """A rule has the parameters of its kind and no others; no kind twice."""
    kinds: set[str] = set()
    for path, rule in listed(parts, "rules", config.RuleConfig):
        if rule.kind in kinds:
            yield (
                (*path, "kind"),
                say(f"已有一条“{rule.kind}”规则", f"there is already a rule of the kind “{rule.kind}”"),
            )
        kinds.add(rule.kind)
        wanted = RULE_PARAMETERS.get(rule.kind, ())
        for name in ("year", "including", "n"):
            given = getattr(rule, name) is not None
            if name in wanted and not given:
                yield (
                    (*path, name),
                    say(f"“{rule.kind}”规则缺少“{name}”", f"a rule “{rule.kind}” needs “{name}”"),
                )
            elif given and name not in wanted:
                yield (
                    (*path, name),
                    say(f"“{rule.kind}”规则不用“{name}”", f"a rule “{rule.kind}” takes no “{name}”"),
                )


def scale(parts: Parts) -> Iterator[Found]:
    """The scale goes up in whole steps."""
    given = section(parts, "scale", config.ScaleConfig)
    if given is None:
        return
    if given.low >= given.high:
        yield (
            ("scale", "high"),
            say("最高分应当大于最低分", "the highest mark must be above the lowest"),
        )
    elif given.step > 0 and not _on_step(given.high, given):
        yield (
            ("scale", "step"),
            say(
                "从最低分到最高分不是整数个步长",
                "the way from the lowest to the highest mark is not a whole number of steps",
            ),
        )


def anchors(parts: Parts) -> Iterator[Found]:
    """Anchors are marks of the scale, and each end of it has one, on it or one step inside.

    One step inside counts, since an anchor often stands for a pair of neighbouring marks.
    """
    given = section(parts, "scale", config.ScaleConfig)
    if given is None or given.low >= given.high or given.step <= 0 or not _on_step(given.high, given):
        return
    for path, item in listed(parts, "criteria", config.CriterionConfig):
        for mark in item.anchors:
            if not given.low <= mark <= given.high or not _on_step(mark, given):
                name = written_number(mark)
                yield (
                    (*path, "anchors", name),
                    say(f"{name} 不是评分尺度上的分数", f"{name} is not a mark of the scale"),
                )
        tolerance = given.step * 1.001
        low = any(mark - given.low <= tolerance for mark in item.anchors)
        high = any(given.high - mark <= tolerance for mark in item.anchors)
        if not (low and high):
            yield (
                (*path, "anchors"),
                say(
                    "评分尺度的两端都要有文字说明",
                    "both ends of the scale need an anchor: say what the lowest and the highest mark mean",
                ),
            )


def _on_step(mark: float, given: config.ScaleConfig) -> bool:
    steps = (mark - given.low) / given.step
    return abs(steps - round(steps)) < 1e-6


def rounds(parts: Parts) -> Iterator[Found]:
    """A round takes from an earlier one; every criterion is used; round and tier name each other."""
    items = listed(parts, "rounds", config.RoundConfig)
    complete = isinstance(parts.get("rounds"), tuple) and None not in parts["rounds"]
    chosen_in = {tier.code: tier.round for _, tier in listed(parts, "tiers", config.TierConfig)}
    position = {item.code: index for index, (_, item) in enumerate(items)}
    for index, (path, item) in enumerate(items):
        source = item.takes_from
        if source is not None:
            # A tier stands for the round in which it is chosen.
            at = position.get(source, position.get(chosen_in.get(source, ""), -1))
            if at >= index:
                yield (
                    (*path, "takes_from"),
                    say(
                        f"“{source}”不在本轮之前产生",
                        f"“{source}” does not come before this round",
                    ),
                )
        if item.tier is not None and chosen_in.get(item.tier, item.code) != item.code:
            yield (
                (*path, "tier"),
                say(
                    f"“{item.tier}”写明在“{chosen_in[item.tier]}”轮产生",
                    f"“{item.tier}” says that it is chosen in the round “{chosen_in[item.tier]}”",
                ),
            )
    if not complete:
        return
    used = {code for _, item in items for code in item.criteria}
    for path, criterion in listed(parts, "criteria", config.CriterionConfig):
        if criterion.code not in used:
            yield (
                (*path, "code"),
                say(f"没有一轮使用“{criterion.code}”", f"no round uses “{criterion.code}”"),
            )
    chosen = {item.tier for _, item in items}
    for path, tier in listed(parts, "tiers", config.TierConfig):
        if tier.round in position and tier.code not in chosen:
            yield (
                (*path, "round"),
                say(
                    f'“{tier.round}”轮没有写 tier = "{tier.code}"',
                    f'the round “{tier.round}” does not say tier = "{tier.code}"',
                ),
            )


def tiers(parts: Parts) -> Iterator[Found]:
    """Sizes are in order, and a tier chosen out of another is not larger."""
    items = listed(parts, "tiers", config.TierConfig)
    for path, tier in items:
        if tier.size_low > tier.size_high:
            yield (
                (*path, "size_high"),
                say("“size_high”小于“size_low”", "“size_high” is below “size_low”"),
            )
        elif not tier.size_low <= tier.size_about <= tier.size_high:
            yield (
                (*path, "size_about"),
                say(
                    "“size_about”不在“size_low”和“size_high”之间",
                    "“size_about” is not between “size_low” and “size_high”",
                ),
            )
    by_code = {tier.code: tier for _, tier in items}
    source = {item.code: item.takes_from for _, item in listed(parts, "rounds", config.RoundConfig) if item.takes_from}
    for path, tier in items:
        parent = by_code.get(source.get(tier.round, ""))
        if parent is not None and parent.code != tier.code and tier.size_high > parent.size_high:
            yield (
                (*path, "size_high"),
                say(
                    f"“{tier.code}”不能多于它所出自的“{parent.code}”（{parent.size_high}）",
                    f"“{tier.code}” cannot be larger than “{parent.code}” ({parent.size_high}) it is taken from",
                ),
            )


def switches(parts: Parts) -> Iterator[Found]:
    """Nothing is switched on that the platform does not do."""
    settings = section(parts, "settings", config.SettingsConfig)
    if settings is not None and settings.voting:
        yield (
            ("settings", "voting"),
            say("本平台没有公众投票，请写 false", "the platform has no public vote; write false"),
        )
    nominators = section(parts, "nominators", config.NominatorsConfig)
    if nominators is None:
        return
    if nominators.endorsement_required and not nominators.enabled:
        yield (
            ("nominators", "endorsement_required"),
            say(
                "没有推荐单位，就不能要求推荐意见",
                "an endorsement cannot be required while nominators are switched off",
            ),
        )
    if nominators.enabled and not nominators.label:
        yield (
            ("nominators", "label"),
            say("启用推荐单位时要写出其名称", "nominators that are switched on need a name: “label”"),
        )
