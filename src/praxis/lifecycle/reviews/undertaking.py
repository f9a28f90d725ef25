"""The undertaking of confidentiality an expert gives before reading."""

from __future__ import annotations

from praxis.foundation.locale import Label

UNDERTAKING: Label = {
    "zh-hans": (
        "本人承诺：对评审中接触到的案例材料、评分、意见和讨论严格保密；"
        "在正式发布前不向任何人透露评审结果或评审委员会名单；"
        "与案例或其申报单位、参与机构存在利害关系时，主动申报并回避；"
        "独立、公正地评分，不受他人影响；评审结束后不留存材料。"
    ),
    "en": (
        "I undertake to keep confidential the cases, scores, comments and discussions I see in this review; "
        "to tell nobody about results or the members of the committee before the official release; "
        "to declare any interest in a case, its applicant or its partners and not to judge that case; "
        "to score independently and fairly; and to keep no material after the review."
    ),
}
