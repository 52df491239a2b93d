"""Who speaks: the noun phrase beside a cue, or the last speaker whose gender agrees with the verb."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from khabar.records.predictions import PredictedSource, PredictedSpan
from khabar.systems.rules.clitics import bare, stems
from khabar.systems.rules.cues import cue_at
from khabar.systems.rules.entities.mention import Mention
from khabar.systems.rules.lexicon import word_set, words
from khabar.systems.rules.numbers.months import PARTS_OF_DAY, WEEKDAYS
from khabar.systems.rules.numbers.numerals import word_value
from khabar.systems.rules.reading import OPENING, Reading

_SOME = frozenset({"احد", "احدي", "بعض", "كبار", "كبير", "كبيره"})
_SPEAKS = frozenset({"PERS", "ORG", "GPE", "OCC", "WEBSITE"})
_STOPS = word_set(
    "من الي علي في عن مع خلال بعد قبل عبر لدي عقب اثناء منذ حول بشان ضد امام فيما حيث التي الذي الذين ان انه انها "
    "فضل فضلت طلب طلبوا طلبت شمل شملت اطلع مطلع انهم بان اليوم امس قوله قولها قولهم"
)
_MASCULINE_HEADS = word_set(
    "الكرملين الجيش حلف الناتو مجلس جهاز مركز معهد البيت البنتاغون البنتاجون الاتحاد حزب الحزب بنك البنك الصليب برنامج "
    "الكونغرس الكونجرس البرلمان اتحاد صندوق مكتب المجلس المرصد الحرس موقع تنظيم نادي المعهد المركز الفيفا الموساد"
)
_NAME_REACH = 8
_REACH = 4
"""How many lines back an implicit subject may stand."""


class Speaker(msgspec.Struct, frozen=True):
    """A speaker: the phrase `[start, end)`, the part that names them, tokens, and the gender of their verbs."""

    first: int
    last: int
    start: int
    end: int
    name_start: int
    name_end: int
    gender: str
    key: str
    label: str

    def mention(self, text: str) -> PredictedSpan:
        """The full phrase, as the column `speaker_mention` has it."""
        return PredictedSpan(start=self.start, end=self.end, text=text[self.start : self.end])

    def source(self, text: str) -> PredictedSource:
        """Who is meant, by the span that names them."""
        return PredictedSource(start=self.name_start, end=self.name_end, text=text[self.name_start : self.name_end])


class Cast:
    """The outermost mentions of a text by their first and last token, for whoever looks for a subject."""

    def __init__(self, reading: Reading, mentions: Sequence[Mention]):
        self.reading = reading
        self.outer: list[Mention] = []
        for one in mentions:
            if not self.outer or one.start >= self.outer[-1].end:
                self.outer.append(one)
        self._begins = {one.first: one for one in self.outer}
        self._ends = {one.last: one for one in self.outer}

    def at(self, token: int, *, clitic: bool = False) -> Speaker | None:
        """The speaker whose phrase begins at a token: a named one, or a source without a name."""
        one = self._begins.get(token)
        if one is not None and one.label in _SPEAKS and (clitic or one.start == self.reading.starts[token]):
            return self._named(one)
        if one is None or one.label == "NORP":
            return self._quoted(token) or self._unnamed(token) or self._counted(token)
        return None

    def _quoted(self, token: int) -> Speaker | None:
        """صحيفة "ماركا": the name stands in marks after its head."""
        one = self._begins.get(token + 2)
        if one is None or one.label != "ORG" or self.reading.raw(token + 1) not in OPENING:
            return None
        named = _speaker(self.reading, one, one)
        return replace(named, first=token, last=one.last + 1, start=self.reading.starts[token])

    def _counted(self, token: int) -> Speaker | None:
        """ثلاثة مسؤولين, عدد من الخبراء."""
        form = self.reading.form_at(token)
        lead = 2 if form in ("عدد", "مجموعه") and self.reading.form_at(token + 1) == "من" else 1
        if lead == 1 and form not in _SOME and not form.isdigit() and word_value(form) is None:
            return None
        found = self._unnamed(token + lead)
        if found is None:
            return None
        start = self.reading.starts[token]
        return replace(found, first=token, start=start, name_start=start)

    def before(self, token: int) -> Speaker | None:
        """The speaker whose phrase ends before a token."""
        one = self._ends.get(token)
        if one is None:
            return None
        phrase = one
        while phrase.label in ("PERS", "OCC"):
            behind = self._ends.get(phrase.first)
            if behind is None or behind.label != "OCC":
                break
            phrase = behind
        return _speaker(self.reading, phrase, one) if one.label in _SPEAKS else None

    def with_name(self, speaker: Speaker, reach: int) -> Speaker:
        """The same phrase up to the name that ends it: قال الباحث في المعهد الملكي جون سميث."""
        if speaker.label not in ("ANON", "OCC") or speaker.gender == "p":
            return speaker
        for token in range(speaker.last, min(reach, speaker.last + _NAME_REACH)):
            if not self.reading.forms[token].isalpha() or cue_at(self.reading.forms[token]) is not None:
                break
            one = self._begins.get(token)
            if one is not None and one.label == "PERS" and one.start == self.reading.starts[token]:
                return replace(
                    speaker, last=one.last, end=one.end, name_start=one.start, name_end=one.end,
                    key=one.key, label="PERS", gender=one.gender or speaker.gender,
                )  # fmt: skip
        return speaker

    def joined(self, first: int, last: int) -> Speaker | None:
        """The named body or person that ل joins between two tokens: قال … لرويترز."""
        for token in range(first, last):
            one = self._begins.get(token)
            if one is None or one.label not in ("ORG", "PERS") or not self.reading.forms[token].startswith("ل"):
                continue
            if one.start == self.reading.starts[token] + 1:
                return _speaker(self.reading, one, one)
        return None

    def named(self) -> list[Mention]:
        """The outermost mentions that can speak."""
        return [one for one in self.outer if one.label in _SPEAKS]

    def _named(self, one: Mention) -> Speaker:
        name = one
        while name.label == "OCC":
            following = self._begins.get(name.last)
            if following is None or following.label not in ("OCC", "PERS"):
                break
            name = following
        return _speaker(self.reading, one, name)

    def _unnamed(self, token: int) -> Speaker | None:
        """مسؤولون أوكرانيون, خبراء عسكريون في المعهد: up to a preposition that brings no institution."""
        forms = self.reading.forms
        if token >= len(forms):
            return None
        skip, head = next(((n, s) for n, s in stems(forms[token])[:1] if s in words("sources.txt")), (0, ""))
        if not head:
            return None
        end = token + 1
        while end < len(forms) and end - token < 9 and self.reading.lines[end] == self.reading.lines[token]:
            form = forms[end]
            inside = self._begins.get(end)
            if form in ("في", "من", "باسم", "ب") and self._begins.get(end + 1) is not None:
                held = self._begins[end + 1]
                if held.label not in ("ORG", "GPE", "LOC"):
                    break
                end = held.last
                break
            if inside is not None and inside.start > self.reading.starts[end]:
                break
            qualifies = inside is not None and inside.label in ("NORP", "ORG", "GPE", "LOC")
            if inside is not None and qualifies and inside.start == self.reading.starts[end]:
                end = inside.last
                continue
            if not form.isalpha() or form in _STOPS or form in WEEKDAYS or form in PARTS_OF_DAY:
                break
            if bare(form) in words("function_words.txt") or cue_at(form) is not None:
                break
            end += 1
        start = self.reading.start_after(token, skip)
        stop = self.reading.ends[end - 1]
        phrase = " ".join(forms[token:end])
        gender = "p" if head.endswith(("ون", "ين", "اء")) else "f" if head.endswith(("ه", "ات")) else ""
        return Speaker(token, end, start, stop, start, stop, gender, f"anon:{phrase}", "ANON")


def _speaker(reading: Reading, phrase: Mention, name: Mention) -> Speaker:
    gender = name.gender or phrase.gender
    if name.label == "ORG" and not gender:
        head = bare(reading.forms[name.first])
        masculine = reading.forms[name.first] in _MASCULINE_HEADS or head in _MASCULINE_HEADS
        gender = "m" if masculine else "f"
    return Speaker(
        phrase.first, name.last, phrase.start, name.end, name.start, name.end, gender, name.key, name.label
    )  # fmt: skip


def agrees(gender: str, verb: str) -> bool:
    """Whether a subject may have a verb of this gender."""
    return not gender or gender == verb


def carried(reading: Reading, cast: Cast, token: int, gender: str, spoken: Sequence[Speaker]) -> Speaker | None:
    """The subject of a verb that names none: the last speaker that agrees, else the last agreeing person or body."""
    line = reading.lines[token]
    for speaker in reversed(spoken):
        if agrees(speaker.gender, gender) and line - reading.lines[min(speaker.first, token)] <= _REACH:
            return speaker
    behind = [one for one in cast.named() if one.last <= token and line - reading.lines[one.first] <= _REACH]
    for one in reversed(behind):
        speaker = _speaker(reading, one, one)
        if agrees(speaker.gender, gender) and one.label in ("PERS", "OCC"):
            return speaker
    for one in reversed(behind):
        speaker = _speaker(reading, one, one)
        if agrees(speaker.gender, gender):
            return speaker
    return None
