"""Finding earlier cases that a case repeats."""

from praxis.engines.similarity.documents import Document, Hit
from praxis.engines.similarity.index import Index

__all__ = ["Document", "Hit", "Index"]
