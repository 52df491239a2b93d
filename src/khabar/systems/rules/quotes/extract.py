"""The quote layer: cues in the order of the text, each frame made into a row."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.records.labels import QuoteType
from khabar.records.predictions import PredictedQuote, PredictedSpan
from khabar.systems.rules.cues import cue_at, passes_on
from khabar.systems.rules.entities.mention import Mention
from khabar.systems.rules.quotes.content import end_of, may_open, sentence_limit, tail_at, trimmed
from khabar.systems.rules.quotes.frames import Frame, frame
from khabar.systems.rules.quotes.marks import marked_spans
from khabar.systems.rules.quotes.relays import by_preposition, passed_on, source_inside
from khabar.systems.rules.quotes.speakers import Cast, Speaker
from khabar.systems.rules.reading import Reading

_LONG_MARK = 4
_SHORTEST = 4
_MEDIA = {"بيان": "بيان", "مقابله": "مقابلة", "خطاب": "خطاب", "كلمه": "كلمة", "مؤتمر": "مؤتمر صحفي", "تغريده": "تغريدة"}


class _Rows:
    """The rows of one text as they are found: what was said so far decides who an implicit subject is."""

    def __init__(self, reading: Reading, mentions: Sequence[Mention], labels: frozenset[int]):
        self.reading = reading
        self.cast = Cast(reading, mentions)
        self.marks = marked_spans(reading)
        self.labels = labels
        self.spoken: list[Speaker] = []
        self.frames: list[tuple[Frame, int, int]] = []
        self._inside = {
            token
            for one in self.marks
            if one.closing - one.opening > _LONG_MARK
            for token in range(one.opening + 1, one.closing)
        }

    def walk(self) -> None:
        """Try every token as a cue; what lies inside marks is said, not saying."""
        free = 0
        for token, form in enumerate(self.reading.forms):
            if token >= free and may_open(form) and token not in self._inside:
                free = self._try(token)

    def _try(self, token: int) -> int:
        reading = self.reading
        limit = sentence_limit(reading, self.marks, token)
        if tail_at(reading, token):
            return self._preposition(token, limit)
        one = passed_on(reading, self.cast, self.marks, token, limit, self.spoken)
        if one is None and cue_at(reading.forms[token]) is not None:
            one = frame(reading, self.cast, self.marks, token, self.spoken)
        if one is None or (reading.lines[token] in self.labels and one.opening.kind == "colon"):
            return 0
        inside = source_inside(reading, self.cast, one)
        if inside is not None and one.speaker is not None:
            one = Frame(inside[1], 0, one.kind, inside[0], True, one.opening, (one.speaker,))
        first, last = end_of(reading, self.marks, one.opening, self._is_row)
        return self._add(one, first, last)

    def _preposition(self, token: int, limit: int) -> int:
        reading = self.reading
        start = reading.sentence_start(token)
        found = by_preposition(reading, self.cast, self.marks, token, start, limit)
        if found is None:
            return 0
        one, tail = found
        if not tail:
            first, last = end_of(reading, self.marks, one.opening, self._is_row)
            self._add(one, first, last)
            return one.speaker.last if one.speaker is not None else 0
        speaker = one.speaker
        if self.frames and self.frames[-1][2] > start and speaker is not None:
            # a report within the sentence has its own row already: who is named here passed it on
            earlier, first, last = self.frames[-1]
            if earlier.speaker is not None and earlier.speaker.key != speaker.key:
                relayed = Frame(
                    earlier.cue, earlier.skip, earlier.kind, earlier.speaker, earlier.named, earlier.opening,
                    (speaker, *earlier.relays), earlier.cue_to,
                )  # fmt: skip
                self.frames[-1] = (relayed, first, last)
            return speaker.last
        self._add(one, start, trimmed(reading, start, token))
        return speaker.last if speaker is not None else 0

    def _letters(self, first: int, last: int) -> int:
        return self.reading.ends[last - 1] - self.reading.starts[first]

    def _is_row(self, token: int) -> bool:
        """Whether a token opens a row of its own inside another's content: وأضاف, ، مؤكدا."""
        form = self.reading.forms[token]
        found = cue_at(form)
        if passes_on(form) and form.startswith("و"):
            return True
        if found is None or token in self._inside:
            return False
        skip, kind = found
        comma = self.reading.form_at(token - 1) in ("،", ",")
        if not (skip or comma) or (kind.form == "verb" and not skip):
            return False
        return frame(self.reading, self.cast, self.marks, token, self.spoken) is not None

    def _add(self, one: Frame, first: int, last: int) -> int:
        if one.speaker is None or last <= first or self._letters(first, last) < _SHORTEST:
            return 0
        if self.frames:
            outer, outer_first, outer_last = self.frames[-1]
            within = outer_first <= one.cue < outer_last
            opens_it = one.named and one.speaker.first == outer_first
            if within and opens_it and one.opening.kind in ("that", "colon", "mark"):
                # ذكرت الوكالة أن الوزير قال إن: the whole content is another attribution
                relays = (*outer.relays, outer.speaker) if outer.speaker is not None else outer.relays
                one = Frame(one.cue, one.skip, one.kind, one.speaker, True, one.opening, relays, one.cue_to)
                self.frames.pop()
            elif within:
                return 0
        self.frames.append((one, first, last))
        self.spoken += [one.speaker] if one.speaker is not None else []
        return one.opening.first if one.opening.kind != "tail" else 0


def quotes(reading: Reading, mentions: Sequence[Mention], labels: frozenset[int] = frozenset()) -> list[PredictedQuote]:
    """All attributions of a text. `labels` are lines (title, headings) where `name:` is a label and no speech."""
    rows = _Rows(reading, mentions, labels)
    rows.walk()
    found = [_record(reading, rows, one, first, last) for one, first, last in rows.frames]
    return sorted(found, key=lambda row: (row.content[0].start or 0, row.content[0].end or 0))


def _record(reading: Reading, rows: _Rows, one: Frame, first: int, last: int) -> PredictedQuote:
    text = reading.text
    start, end = reading.starts[first], reading.ends[last - 1]
    if one.opening.kind == "np" and reading.forms[first].startswith("ب") and set(one.kind.ways) & {"ب", "demand"}:
        start = reading.start_after(first, 1)
    cue_start = reading.start_after(one.cue, one.skip)
    cue_end = reading.ends[max(one.cue_to, one.cue + 1) - 1]
    inside = []
    for mark in rows.marks:
        left = max(start, reading.ends[mark.opening])
        right = min(end, reading.starts[mark.closing] if mark.closed else reading.ends[mark.closing - 1])
        if left < right:
            inside.append(PredictedSpan(start=left, end=right, text=text[left:right]))
    speaker = one.speaker
    after = speaker.last if speaker is not None and one.named else one.cue + 1
    addressee = rows.cast.joined(after, one.opening.at) if after < one.opening.at else None
    chain = (*one.relays, speaker) if speaker is not None else one.relays
    return PredictedQuote(
        content=(PredictedSpan(start=start, end=end, text=text[start:end]),),
        cue=(PredictedSpan(start=cue_start, end=cue_end, text=text[cue_start:cue_end]),),
        marked=tuple(inside),
        speaker=speaker.source(text) if speaker is not None else None,
        speaker_mention=speaker.mention(text) if speaker is not None and one.named else None,
        source_chain=tuple(member.source(text) for member in chain),
        addressee=addressee.source(text) if addressee is not None else None,
        medium=_medium(reading, one),
        type=_type(text[start:end], inside),
        act=one.kind.act,
        polarity=one.kind.polarity,
    )


def _type(content: str, inside: list[PredictedSpan]) -> QuoteType:
    if not inside:
        return "indirect"
    held = sum(sum(map(str.isalnum, span.text or "")) for span in inside)
    return "direct" if held >= sum(map(str.isalnum, content)) else "mixed"


def _medium(reading: Reading, one: Frame) -> str | None:
    for token in range(one.cue + 1, min(one.opening.at, one.cue + 14)):
        if reading.forms[token - 1] in ("في", "خلال", "عبر") and reading.forms[token] in _MEDIA:
            return _MEDIA[reading.forms[token]]
    return None
