"""What a model wrote, read as records: all items of an answer, or the whole ones of a broken one; and their counts.

Models name things article by article; the names of a story are joined.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from msgspec.structs import replace

from khabar.formats.llm import quote_as_written
from khabar.reading.incidents import Incident, Incidents
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute, Document
from khabar.records.labels import Layer
from khabar.scoring.assignment import Components
from khabar.scoring.cases import Cases, DocumentCase, StoryCase
from khabar.scoring.scorer import judge_of
from khabar.systems.endpoint.client import short
from khabar.systems.endpoint.prompts import KEYS, Asked, Name, Question, article_labels
from khabar.systems.protocol import validated_annotations, validated_dispute
from khabar.text.arabic import fold

_THOUGHTS = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)
"""What reasoning models write before they answer, where a server does not take it out."""
_FENCE = re.compile(r"\A```\w*\s*|\s*```\Z")
_BETWEEN = re.compile(r"[\s,]*")
_SHOWN = 80
"""Characters shown of an answer that cannot be read."""


@dataclass(frozen=True, slots=True)
class Items:
    """Items as they were written, and what is wrong with the answer (None: nothing).

    `whole` is whether the list of items was there, to its end; `readable` whether it was there at all.
    """

    items: tuple[Any, ...] = ()
    wrong: str | None = None
    readable: bool = True
    whole: bool = True


@dataclass(frozen=True, slots=True)
class ParsedAnswer:
    """What an answer says of a document's layer, or of a story, and what is wrong with it (None: nothing).

    `left_out` counts the items that could not be read; None if nobody knows, as the answer breaks off or is none.
    `readable` is false of what is no answer at all. `warnings` are of what counts: keys that are not read.
    """

    annotations: tuple[Annotations, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    same: Same = ()
    wrong: str | None = None
    left_out: int | None = 0
    readable: bool = True
    warnings: tuple[Incident, ...] = ()


def read_answer(content: str, asked: Asked, documents: Sequence[Document]) -> ParsedAnswer:
    """Read an answer about a document, or about the documents of a story, item by item.

    Items that do not fit are left out and counted in `wrong`.
    """
    written = items_in(content, KEYS[asked])
    incidents = Incidents()
    annotations: list[Annotations] = []
    disputes: list[Dispute] = []
    same: list[tuple[str, ...]] = []
    for item in written.items:
        if asked == "names":
            if isinstance(item, list) and all(isinstance(name, str) for name in item):
                same.append(tuple(item))
            else:
                incidents.report("value-wrong", f"an item is {item!r:.60}, where a list of names is asked for")
        elif not isinstance(item, dict):
            incidents.report("value-wrong", f"an item is {item!r:.60}, where an object is asked for")
        elif asked == "conflicts":
            dispute = validated_dispute(_dispute(item, documents), documents, incidents)
            disputes += [] if dispute is None else [dispute]
        else:
            shaped = quote_as_written(item) if asked == "quotes" else item
            if type(shaped.get("entity_id")) is int:
                shaped = {**shaped, "entity_id": str(shaped["entity_id"])}
            record = validated_annotations({asked: [shaped]}, documents[0], incidents)
            annotations += [] if record is None else [record]
    problems = [] if written.wrong is None else [written.wrong]
    left_out = len(written.items) - len(annotations) - len(disputes) - len(same)
    if left_out:
        problems.append(f"{left_out} item(s) left out, such as: {incidents.errors[0].message}")
    return ParsedAnswer(
        tuple(annotations),
        tuple(disputes),
        tuple(same),
        "; ".join(problems) or None,
        left_out if written.whole else None,
        written.readable,
        tuple(incident for incident in incidents if incident.level == "warning"),
    )


def _dispute(item: dict[str, Any], documents: Sequence[Document]) -> dict[str, Any]:
    """A dispute as a prediction: articles by their ids."""
    ids = dict(zip(article_labels(), (document.doc_id for document in documents), strict=False))

    def placed(span: Any) -> Any:
        if not isinstance(span, dict) or "article" not in span:
            return span
        label = str(span["article"]).strip()
        return {**{key: value for key, value in span.items() if key != "article"}, "doc_id": ids.get(label, label)}

    dispute = {**item, "story": documents[0].story}
    if isinstance(item.get("sides"), list):
        dispute["sides"] = [
            {**side, "spans": [placed(span) for span in side["spans"]]}
            if isinstance(side, dict) and isinstance(side.get("spans"), list)
            else side
            for side in item["sides"]
        ]
    return dispute


def items_in(content: str, key: str) -> Items:
    """Find the items of the list `key` in an answer, whatever stands around it.

    An answer may be an object with that key, or the bare list; an empty object says that there is nothing.
    """
    content = _FENCE.sub("", _THOUGHTS.sub("", content).strip()).strip()
    if not content:
        return Items(wrong="an empty answer", readable=False, whole=False)
    lists = [_listed(content, start.end()) for start in re.finditer(rf'"{key}"\s*:\s*\[', content)]
    if lists:  # a model that thinks aloud may repeat the form before it fills it in
        return next((items for items in reversed(lists) if items.whole), lists[0])
    if content.startswith("["):
        return _listed(content, 1)
    if re.fullmatch(rf'\{{\s*("{key}"\s*:\s*null\s*)?\}}', content):
        return Items()
    return Items(wrong=f"no list of {key} in the answer: {short(content, _SHOWN)}", readable=False, whole=False)


def _listed(content: str, offset: int) -> Items:
    """Read the items of a list one by one, so that those before a break are not lost."""
    decoder = json.JSONDecoder()
    items: list[Any] = []
    while True:
        offset = _BETWEEN.match(content, offset).end()  # type: ignore[union-attr]  # it matches nothing, too
        if content.startswith("]", offset):
            return Items(tuple(items))
        try:
            item, offset = decoder.raw_decode(content, offset)
        except (ValueError, RecursionError):  # also an integer of thousands of digits
            wrong = f"broken JSON, {len(items)} whole item(s) kept: … {short(content[offset:], _SHOWN)}"
            return Items(tuple(items), wrong, readable=bool(items), whole=False)
        items.append(item)


class SampleCounts(NamedTuple):
    """Predictions of a headline that are right (`tp`) and false (`fp`), and gold rows that are missed (`fn`)."""

    tp: int
    fp: int
    fn: int


def counts_of(question: Question, content: str, reference: Reference) -> SampleCounts:
    """Judge the answer to a question about a layer. What cannot be read says nothing."""
    layer, where = cast(Layer, question.asked), question.where
    answer = read_answer(content, layer, question.documents)
    cases = Cases(reference, [] if layer == "conflicts" else [joined(where, answer.annotations)], answer.disputes)
    case: StoryCase | DocumentCase
    if layer == "conflicts":
        case = next(case for case in cases.of_stories() if case.story == where)
    else:
        case = DocumentCase(cases.reference.documents[where], cases.predictions[where])
    headline = judge_of(layer, cases).judge(case).headline
    return SampleCounts(len(headline.pairs), len(headline.false), len(headline.missed))


Same = tuple[tuple[str, ...], ...]
"""Groups of names, each of one thing."""


def names_of(story: Sequence[Annotations]) -> tuple[Name, ...]:
    """List the names that mentions of a story's documents have as keys, in the order of the text.

    Names that are equal after folding are one; it is spelled as it is first.
    """
    names: dict[str, tuple[str, set[str], list[str]]] = {}
    for label, document in zip(article_labels(), story, strict=False):
        for mention in document.entities:
            if mention.entity_id:
                _, labels, articles = names.setdefault(_folded(mention.entity_id), (mention.entity_id, set(), []))
                labels.add(mention.label)
                articles += [label] if label not in articles else []
    return tuple(Name(name, tuple(sorted(labels)), tuple(articles)) for name, labels, articles in names.values())


def with_joined_names(story: Sequence[Annotations], same: Same = ()) -> list[Annotations]:
    """Give the mentions of one thing one key over a story's documents: the first of its names.

    Names that are equal after folding are of one thing, and so are those that a group of `same` holds.
    """
    first = {_folded(each.name): each.name for each in names_of(story)}
    order = {name: index for index, name in enumerate(first)}
    things: Components[str] = Components()
    for group in same:
        names = [name for name in map(_folded, group) if name in first]
        for root in (roots := sorted({things.root(name) for name in names}, key=order.__getitem__))[1:]:
            things.join(root, roots[0])
    return [
        replace(
            document,
            entities=tuple(
                replace(each, entity_id=first[things.root(_folded(each.entity_id))]) if each.entity_id else each
                for each in document.entities
            ),
        )
        for document in story
    ]


def joined(doc_id: str, parts: Iterable[Annotations]) -> Annotations:
    """Join what single items, or the answers for single layers, say of a document."""
    answers = tuple(parts)
    return Annotations(
        doc_id=doc_id,
        entities=tuple(item for part in answers for item in part.entities),
        numbers=tuple(item for part in answers for item in part.numbers),
        quotes=tuple(item for part in answers for item in part.quotes),
    )


def _folded(name: str) -> str:
    return " ".join(fold(name).split())
