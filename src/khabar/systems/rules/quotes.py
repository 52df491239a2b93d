"""Quotes of a text: what a verb of saying, a preposition, a label or quote marks give to a speaker, and who that is."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from khabar.records import PredictedQuote, PredictedSource, PredictedSpan
from khabar.systems.rules.entities.extract import Mention
from khabar.systems.rules.lexicon import Cue, likely, pattern, patterns, saying, words
from khabar.text.arabic import folded

_NOUN_STOP = re.compile(r"[،,]| (?:التي|الذي|الذين|بشان|بينما|فيما)(?!\w)")
_OWN_WORDS = ("لن ", "لا ", "يجب ", "علينا ", "نحن ", "هذا ", "سوف ", "لم ", "لدينا ", "انا ", "علي ")
_MARKED = re.compile(r'"[^"\n]+(?:(?<= )"[^"\n]+"(?=[ .،؟!])[^"\n]*)*"?')
_LABELLED = re.compile(r': ?(?P<mark>"?)(?P<content>[^"\n]{15,})')
_LEAST_WORDS = 4
"""Fewer words in marks, without a verb of saying, are a title or a word held at a distance."""

Span = tuple[int, int]  # a stretch of the folded text
_NAMED = frozenset(("PERS", "ORG", "GPE", "OCC", "WEBSITE"))
_STOP = re.compile(r"[.؟!\n](?:(?<!\.)|(?!\w))")


class _Speaker(NamedTuple):
    """A speaker as named in the folded text `[start, end)`; `who` is the mention that decides, None for a phrase."""

    start: int
    end: int
    who: Mention | None = None


class _Speakers:
    """The mentions of a text by their places in the folded text, `masked` where names are one word, and who spoke."""

    def __init__(self, text: str, mentions: Sequence[Mention]) -> None:
        self.text, self.whole = text, folded(text)
        self.by_start: dict[int, _Speaker] = {}
        self.masked, last = self.whole.text, -1
        for one in mentions:
            start, end = (bisect_left(self.whole.raw, offset) for offset in (one.start, one.end))
            if one.label in _NAMED and end > last:
                self.by_start[start], last = _Speaker(start, end, one), end
            if one.label != "OCC":
                self.masked = self.masked[:start] + "ـ" * (end - start) + self.masked[end:]
        self.by_end = {one.end: one for one in self.by_start.values()}
        self._stops = [stop.start() for stop in _STOP.finditer(self.whole.text)]
        self.spoken: list[_Speaker] = []

    def sentence(self, place: int) -> tuple[int, int]:
        """The sentence around a place."""
        after = bisect_left(self._stops, place)
        return self._stops[after - 1] + 1 if after else 0, [*self._stops, len(self.whole.text)][after]

    def span(self, start: int, end: int) -> PredictedSpan:
        """A stretch of the folded text, without punctuation at its ends, as a span of the text."""
        while end > start + 1 and self.whole.text[end - 1] in " .،,؟?!؛…:":
            end -= 1
        while start < end - 1 and self.whole.text[start] == " ":
            start += 1
        first, last = self.whole.raw[start], self.whole.raw[end - 1] + 1
        return PredictedSpan(start=first, end=last, text=self.text[first:last])

    def source(self, speaker: _Speaker) -> PredictedSource:
        """The mention that decides, else the phrase."""
        span = speaker.who or self.span(speaker.start, speaker.end)
        return PredictedSource(start=span.start, end=span.end, text=self.text[span.start : span.end])

    def at(self, place: int) -> _Speaker | None:
        """The speaker named at a place: an office with its holder, a name, or a source without a name."""
        one = self.by_start.get(place)
        if one is None:
            match = pattern("speakers", "named").match(self.masked, place)
            return _Speaker(place, match.end()) if match else None
        comma = self.whole.text[one.end : one.end + 2] in ("، ", ", ")
        holder = self.by_start.get(one.end + 1) or (self.by_start.get(one.end + 2) if comma else None)
        office = one.who is not None and one.who.label == "OCC"
        held = office and holder is not None and holder.who is not None and holder.who.label == "PERS"
        return _Speaker(place, holder.end, holder.who) if held and holder is not None else one

    def before(self, place: int, participle: bool) -> _Speaker | None:
        """The subject before a verb: what ends there, else the first that its sentence names."""
        text, (first, _) = self.whole.text, self.sentence(place)
        if participle and self.spoken and self.spoken[-1].start >= first:
            return self.spoken[-1]
        word = text[text.rfind(" ", 0, place - 1) + 1 : place - 1] if place else ""
        if word in words("sources"):
            return _Speaker(place - 1 - len(word), place - 1)
        beside = self.by_end.get(len(text[:place].rstrip(' ،,"')))
        if beside is not None and not participle and self._subject(beside):
            return beside
        named = (one for start, one in self.by_start.items() if first <= start < place and self._subject(one))
        return next((self.at(one.start) for one in named if one.who is not None and one.who.label != "GPE"), None)

    def _subject(self, one: _Speaker) -> bool:
        """Whether a mention may be a subject: no preposition stands before it, glued or not."""
        before, _, glued = self.whole.text[max(0, one.start - 12) : one.start].rpartition(" ")
        return before.rpartition(" ")[2] not in words("prepositions") and not glued.strip('وف"\n')

    def implicit(self, place: int, cue: Cue) -> _Speaker | None:
        """The last who spoke and agrees in gender, else the last person named before."""
        named = (one for start, one in reversed(self.by_start.items()) if start < place)
        people = (one for one in named if one.who is not None and one.who.label == "PERS")
        spoken = (one for one in reversed(self.spoken) if one.start < place)
        return next((one for one in (*spoken, *people) if self._agrees(one, cue)), None)

    def _agrees(self, speaker: _Speaker, cue: Cue) -> bool:
        one, first = speaker.who, self.whole.text[speaker.start : speaker.end].split()[0]
        if one is None or cue.plural:
            return cue.plural == (one is None and first.endswith(("ون", "ين")))
        if one.label in ("ORG", "GPE", "WEBSITE"):
            return first.endswith("ه") == cue.feminine
        return one.feminine in (None, cue.feminine)


@dataclass(slots=True)
class _Quote:
    """A quote while it is being read; `relay` is who passes it on."""

    content: list[Span]
    speaker: _Speaker
    explicit: bool
    cue: Cue | None = None
    cue_span: Span | None = None
    relay: _Speaker | None = None


def quotes(text: str, mentions: Sequence[Mention], headings: Iterable[int]) -> tuple[PredictedQuote, ...]:
    """The quotes of a text in the order of their contents. Lines that begin at `headings` may be labelled `name:`."""
    speakers = _Speakers(text, mentions)
    found, end = list[_Quote](), 0
    for place, shape in likely(speakers.whole.text):
        match = shape.pattern.match(speakers.masked, place) if shape.table == "quotes" and place >= end else None
        if match is not None:
            found += (_according if match["source"] else _told)(speakers, found, match)
            end = match.end()
    found += _headlines(speakers, headings)
    _unclaimed(speakers, found)
    said = (_predicted(speakers, quote) for quote in sorted(found, key=lambda quote: quote.content[0]))
    return tuple(dict.fromkeys(said))


def _told(speakers: _Speakers, found: list[_Quote], match: re.Match[str]) -> Iterator[_Quote]:
    """What a verb of saying tells, behind it or before it, and who says it."""
    text, cue, place = speakers.masked, saying(match["cue"]), match.end()
    if cue is None or text[: match.start()].endswith((" لم ", " ان ")):
        return
    participle, relay = cue.kind == "participle", None
    after = None if participle else speakers.at(place + 1)
    if cue.verb == "نقل":  # نقلت الوكالة عن الوزير قوله إن
        if after is None or not text.startswith(" عن ", after.end):
            return
        relay, place = after, after.end + 3
        after = speakers.at(place + 1)
    content, subject = _behind(speakers, after.end if after is not None else place, cue) or (None, None)
    if content is None:
        content = _ahead(speakers, match.start())
    speaker = after
    if speaker is None and subject is not None and not participle:
        speaker = _Speaker(*subject)
    if speaker is None and (participle or not match["and"]):
        speaker = speakers.before(match.start(), participle)
    if speaker is not None and content is not None and content[0] <= speaker.start < content[1]:
        speaker = None
    who = speaker or speakers.implicit(match.start(), cue)
    first, last = content or (0, 0)
    told = [quote for quote in found if quote.content[0][0] < last and first < quote.content[-1][1]]
    if told and who is not None and content is not None and content[1] < match.start():
        told[-1].relay = told[-1].relay or who  # «…»، وفقا لما ذكرته الصحيفة
    elif content is not None and who is not None:
        yield _Quote([content], who, speaker is not None, cue, match.span("cue"), relay)
        speakers.spoken.append(who)


def _ahead(speakers: _Speakers, place: int) -> Span | None:
    """The content before a verb: marks that close there, or the clause that `كما قال` follows."""
    marks, clause = (shape.search(speakers.masked, max(0, place - 600), place) for _, shape in patterns("ahead"))
    if marks is not None or clause is None:
        return marks and marks.span("content")
    first, _ = speakers.sentence(clause.start())
    return (first, clause.start()) if clause.start() - first > 14 else None


def _behind(speakers: _Speakers, place: int, cue: Cue) -> tuple[Span, Span | None] | None:
    """The content behind a verb and its subject, and the words between that may be a subject without a name."""
    text = speakers.masked
    for name, shape in patterns("behind"):
        match = shape.match(text, place)
        if match is None or (name != "that" and "only" in cue.ways):
            continue
        start, end = match.span("content")
        if name == "way" and match["way"] not in cue.ways:
            continue
        if name == "noun":
            if not cue.ways & {"np", "whom"}:
                continue
            stop = _NOUN_STOP.search(text, start, end) if "np" in cue.ways else None
            end = stop.start() if stop else end
        between = match.span("subject") if match.groupdict().get("subject") else None
        if between and "mark" in cue.ways and name == "that":
            continue
        if text.count('"', start, end) % 2 and text[end - 1] == '"':
            end -= 1
        first = text[slice(*between)].split()[0] if between else ""  # 58% من الناخبين, ثلاثة مسؤولين
        named = between and first not in words("particles") and first[0] not in "بل،,"
        return (start, end), (between[0] + 1, between[1]) if between and named else None
    return None


def _according(speakers: _Speakers, found: list[_Quote], match: re.Match[str]) -> Iterator[_Quote]:
    """What stands with `وفقا لـ` and a name: a relay of a quote of the line, else the rest of the sentence."""
    text = speakers.whole.text
    source = speakers.at(match.end() + 1) or speakers.at(match.end() + 2)
    if source is None:
        return
    start, end = speakers.sentence(match.start())
    for quote in reversed(found):
        if "\n" not in text[quote.content[-1][1] : match.start()] and match.start() - quote.content[-1][1] < 4:
            quote.relay = quote.relay or source
            return
    sides = [(start, match.start()), (source.end + text.startswith(("،", ","), source.end), end)]
    content = next((one for one in sides if len(text[slice(*one)].split()) >= _LEAST_WORDS), None)
    if content is not None:
        yield _Quote([content], source, True)
        speakers.spoken.append(source)


def _headlines(speakers: _Speakers, headings: Iterable[int]) -> Iterator[_Quote]:
    """Yield the headlines that `name:` labels; behind a person's name only words of their own."""
    for start in headings:
        speaker = speakers.at(bisect_left(speakers.whole.raw, start))
        match = _LABELLED.match(speakers.whole.text, speaker.end) if speaker is not None else None
        if speaker is not None and match is not None:
            person = speaker.who is not None and speaker.who.label in ("PERS", "OCC")
            if not person or match["mark"] or match["content"].startswith(_OWN_WORDS):
                yield _Quote([match.span("content")], speaker, True)


def _unclaimed(speakers: _Speakers, found: list[_Quote]) -> None:
    """Add direct quotes without a cue: they go on from the quote in the line before, else its speaker says them."""
    text = speakers.whole.text
    for match in _MARKED.finditer(text):
        start, end = match.start() + 1, match.end() - match[0].endswith('"')
        taken = any(first < end and start < last for quote in found for first, last in quote.content)
        begins_line = text[start - 2 : start - 1] in ("", "\n")
        begins = begins_line or text[start - 3] in ".؟!"
        earlier = (quote for quote in found if quote.content[-1][1] <= start)
        previous = max(earlier, key=lambda quote: quote.content[-1], default=None)
        if taken or previous is None or not begins or len(match[0].split()) < _LEAST_WORDS:
            continue
        apart = text.count("\n", previous.content[-1][1], start)
        if begins_line and apart == 1 and text[previous.content[-1][0] - 1] == '"':
            previous.content.append((start, end))
        elif apart <= 2:
            found.append(_Quote([(start, end)], previous.speaker, False))


def _predicted(speakers: _Speakers, quote: _Quote) -> PredictedQuote:
    content = tuple(speakers.span(*one) for one in quote.content)
    marked = tuple(speakers.span(*one) for one in quote.content if speakers.whole.text[one[0] - 1] == '"')
    source = speakers.source(quote.speaker)
    return PredictedQuote(
        content=content,
        cue=() if quote.cue_span is None else (speakers.span(*quote.cue_span),),
        marked=marked,
        speaker=source,
        speaker_mention=speakers.span(quote.speaker.start, quote.speaker.end) if quote.explicit else None,
        source_chain=(source,) if quote.relay is None else (speakers.source(quote.relay), source),
        act=quote.cue.act if quote.cue is not None else "statement",
        polarity=quote.cue.polarity if quote.cue is not None else "positive",
        type="direct" if marked == content else "mixed" if marked else "indirect",
    )
