"""Names in place of keys: what is shown comes back as the key it stands for, however names and keys are alike."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from khabar.formats.label_studio.names import Names
from khabar.formats.label_studio.page import Page, Region

words = st.text(st.sampled_from("ab> ()—"), min_size=1, max_size=4).map(str.strip).filter(bool) | st.sampled_from(
    ["narrator", "putin", "بوتين", "بوتين (putin)", "—"]
)
keys = words.filter(lambda key: key not in ("—", "narrator") and ">" not in key)


def page(**shown: str) -> Page:
    return Page((Region("r", "PERS", 0, 1, "x", {name: (word,) for name, word in shown.items()}),))


def word(names: Names, control: str, key: str) -> str:
    return names.shown(page(**{control: key})).regions[0].attributes[control][0]


@given(st.dictionaries(keys, words, max_size=5), st.dictionaries(keys, words, max_size=3))
def test_every_key_of_the_registry_comes_back(first: dict[str, str], later: dict[str, str]) -> None:
    """Also after the registry has grown, when what was shown keeps its meaning."""
    before = Names().with_entities(first.items())
    after = before.with_entities(later.items())
    assert after.pairs[: len(before.pairs)] == before.pairs
    for names in (before, after):
        for key, _ in names.pairs:
            assert names.read(names.shown(page(speaker=key))) == page(speaker=key)
    for key in first:
        assert word(after, "speaker", key) == word(before, "speaker", key)


def test_two_of_one_name() -> None:
    names = Names().with_entities([("putin", "بوتين"), ("putin_street", "بوتين")])
    assert [shown for _, shown in names.pairs] == ["بوتين", "بوتين (putin_street)"]


def test_an_unknown_name_is_a_new_entity() -> None:
    assert Names((("putin", "بوتين"),)).read(page(speaker="سلمى")) == page(speaker="سلمى")


def test_only_keys_are_renamed() -> None:
    names = Names((("putin", "بوتين"),))
    assert names.shown(page(name="putin", wikidata="putin", speaker="putin")) == page(
        name="putin", wikidata="putin", speaker="بوتين"
    )


def test_who_speaks_for_whom() -> None:
    names = Names((("peskov", "بيسكوف"), ("kremlin", "الكرملين")))
    shown = names.shown(Page(notes={"speaks_for": ("peskov > kremlin",)}))
    assert shown.notes == {"speaks_for": ("بيسكوف > الكرملين",)}
    assert names.read(shown).notes == {"speaks_for": ("peskov > kremlin",)}
