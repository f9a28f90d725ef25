"""What is compared, and what is found."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Document:
    """A case: its text in each language (by code), the name of its organisation, its contacts normalised."""

    id: str
    texts: dict[str, str] = field(default_factory=dict)
    organisation: str = ""
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """An indexed document that resembles the one asked about.

    `score` is at most 1 and compares with `Index.threshold`. `channel`: "text", "numbers" or "contacts", the
    one that speaks loudest. `passages`: for text, the longest passages of the queried document that stand in
    the indexed one too; for numbers and contacts, what both share. `explained`: which part of what the
    document says the indexed one says too, whatever others do.
    """

    id: str
    score: float
    channel: str
    passages: tuple[str, ...]
    explained: float = 0.0
