"""Choosing, sealing, telling and releasing, one function for each thing a person does. Nothing here changes an earlier stage."""

from praxis.lifecycle.selection.choosing import decide, propose, put_forward
from praxis.lifecycle.selection.held import begin, digest_of, is_broken
from praxis.lifecycle.selection.sealing import RELEASERS, approve_release, seal, seal_problems, unseal
from praxis.lifecycle.selection.telling import accept_confidentiality, decline, replace, tell

__all__ = [
    "RELEASERS",
    "accept_confidentiality",
    "approve_release",
    "begin",
    "decide",
    "decline",
    "digest_of",
    "is_broken",
    "propose",
    "put_forward",
    "replace",
    "seal",
    "seal_problems",
    "tell",
    "unseal",
]
