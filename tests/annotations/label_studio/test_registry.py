"""What a new entity is called: by the name that somebody typed for it, else by its mentions."""

from __future__ import annotations

import pytest

from khabar.annotations.label_studio.tasks import registered
from khabar.records import Entity


def mention(number: int, name: str, key: str) -> Entity:
    place = {"start": number, "end": number + 1, "text": "x"}
    return Entity(id=f"e{number}", doc_id="d", **place, label="GPE", name=name, entity_id=key)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "name", "aliases"),
    [("الرياض", "الرياض", ("العاصمة", "ريّاض")), ("riyadh", "ريّاض", ("العاصمة",))],
    ids=["a name", "a key"],
)
def test_a_new_entity(key: str, name: str, aliases: tuple[str, ...]) -> None:
    mentions = [mention(1, "ريّاض", key), mention(2, "العاصمة", key), mention(3, "ريّاض", key)]
    (row,) = registered(mentions, "s", [], None)
    assert (row.entity_id, row.label, row.name, row.aliases) == (key, "GPE", name, aliases)
