"""One Arabic term for one thing: what the pages of annotation and the site call it is what the glossary calls it.

The glossary is the table of terms at the head of the Arabic guidelines, with those of labels and fields.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from khabar.records.labels import NUMBER_KINDS
from tests.annotations.test_guidelines_arabic import tables

ROOT = Path(__file__).parents[3]
CONFIGURATIONS = sorted((ROOT / "annotations" / "label_studio").glob("*.xml"))
BILINGUAL = re.compile(r"(?P<term>.*[\u0621-\u064a].*?) (?:· |<small>)(?P<key>[\w ]+)")
TERMS, LABELS, FIELDS = ({key: term for term, key, *_ in table} for table in tables())
SITE = tomllib.loads((ROOT / "src" / "khabar" / "site" / "messages" / "ar.toml").read_text("utf-8"))
OF_THE_SITE = {
    "column": ("entities", "numbers", "quotes"),
    "figure": (*NUMBER_KINDS, "modality", "unit", "value", "speaker", "cue", "chain"),
    "zone": ("title", "heading", "source", "boilerplate", "body"),
    "status": ("conflict", "apparent"),
}


def bare(term: str) -> str:
    """A term without articles and vowel signs: a label is named without, in running text with them."""
    return re.sub(r"\bال", "", re.sub(r"[\u064b-\u0652]", "", term))


def said(configuration: Path) -> Iterator[tuple[bool, str, str]]:
    """Whether it is a label or a choice, then term and key, of whatever a configuration says in both languages."""
    for element in ElementTree.parse(configuration).iter():
        words = element.get("html") or (element.get("value") if element.tag == "Header" else None)
        if words and (parts := BILINGUAL.match(words)):
            yield element.tag in ("Label", "Choice"), parts["term"], parts["key"].strip()


@pytest.mark.parametrize("configuration", CONFIGURATIONS, ids=lambda path: path.stem)
def test_configurations_use_the_terms_of_the_glossary(configuration: Path) -> None:
    wrong = []
    for is_label, term, key in said(configuration):
        wanted = (LABELS if is_label else FIELDS).get(key) or TERMS.get(key)
        if wanted is None or bare(term) != bare(wanted):
            wrong.append(f"{key}: {term!r}, where the glossary has {wanted!r}")
    assert not wrong, "\n".join(wrong)


def test_the_articles_page_has_all_its_labels_in_arabic() -> None:
    root = ElementTree.parse(ROOT / "annotations" / "label_studio" / "documents.xml")
    labels = {label.get("value"): label.get("hint") for label in root.iter("Label")}
    assert {key: bare(str(hint)) for key, hint in labels.items()} == {
        str(key): bare(LABELS.get(str(key)) or TERMS[str(key)]) for key in labels
    }


@pytest.mark.parametrize("section", OF_THE_SITE)
def test_the_site_uses_the_terms_of_the_glossary(section: str) -> None:
    known = {"chain": TERMS["source_chain"], **FIELDS, **TERMS, **LABELS, "speaker": TERMS["speaker"]}
    words = {key: bare(SITE[section][key]) for key in OF_THE_SITE[section]}
    assert words == {key: bare(known[key]) for key in words}
