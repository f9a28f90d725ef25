"""Invents everything a rehearsal edition needs: organisations, cases, experts, units, files and judgements.

Nothing here knows Django, the clock or the network; everything follows from an explicit seed.
"""

from praxis.rehearsal.invention.judging import comment, score
from praxis.rehearsal.invention.media import document, picture_words, video
from praxis.rehearsal.invention.model import (
    TEXT_FIELDS,
    InventedCase,
    InventedExpert,
    InventedOrganisation,
    InventedPartner,
    InventedPicture,
    InventedUnit,
    World,
)
from praxis.rehearsal.invention.pictures import picture
from praxis.rehearsal.invention.world import PLANTED, invent

__all__ = [
    "PLANTED",
    "TEXT_FIELDS",
    "InventedCase",
    "InventedExpert",
    "InventedOrganisation",
    "InventedPartner",
    "InventedPicture",
    "InventedUnit",
    "World",
    "comment",
    "document",
    "invent",
    "picture",
    "picture_words",
    "score",
    "video",
]
