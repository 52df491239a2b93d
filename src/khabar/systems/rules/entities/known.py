"""The gazetteer pass: known names in their context, and an index of them for the grammars."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from khabar.systems.rules.entities.mention import Mention, from_match
from khabar.systems.rules.gazetteer import Match, begins_name, matches
from khabar.systems.rules.lexicon import word_set, words
from khabar.systems.rules.reading import Reading

_TANWIN = "\u064b"
_FLOODS = frozenset({"جارفه", "امطار", "فيضانات", "وفيضانات", "عارمه", "الامطار"})
_BEFORE_A_CHANNEL = word_set("المصدر : مراسل مراسله مراسلو قناه")
_WESTERN = frozenset({"غربيين", "غربيون"})
_WESTERN_ADJECTIVES = frozenset({"الغربيه", "غربيه", "الغربي", "غربي"})
_OF_THE_WEST = word_set(
    "الدول دول القوي العواصم عواصم العقوبات عقوبات الاسلحه اسلحه المساعدات الاوساط الحكومات حكومات الصواريخ صواريخ "
    "الاستخبارات استخبارات المخابرات المصادر مصادر وسائل الاعلام الاجهزه البلدان الحلفاء القاده الدعم المعسكر "
    "دبلوماسيه اعلاميه مسؤول دبلوماسي الهيمنه الديمقراطيات الصحافه تقارير التقارير"
)


class Known:
    """Known names by the token they begin with."""

    def __init__(self, reading: Reading):
        self.mentions: list[Mention] = []
        self._at: dict[int, Mention] = {}
        for token, form in enumerate(reading.forms):
            if begins_name(form):
                self._take(reading, matches(reading, token))
            elif form in _WESTERN_ADJECTIVES:
                self._west(reading, token)

    def _take(self, reading: Reading, found: Sequence[Match]) -> None:
        kept = [_adverbial(reading, from_match(reading, match)) for match in found if _in_context(reading, match)]
        self.mentions += kept
        if kept:
            self._at[kept[-1].first] = max(kept, key=lambda one: one.last)

    def _west(self, reading: Reading, token: int) -> None:
        before = reading.form_at(token - 1)
        if before in _OF_THE_WEST or before.lstrip("وبل") in _OF_THE_WEST:
            west = Mention(token, token + 1, reading.starts[token], reading.ends[token], "NORP", "west")
            self.mentions.append(west)
            self._at[token] = west

    def at(self, token: int) -> Mention | None:
        """The longest known name that begins with a token, clitics or not."""
        return self._at.get(token)

    def whole(self, reading: Reading, token: int) -> Mention | None:
        """The longest known name that begins with a token that carries no clitic."""
        found = self._at.get(token)
        return found if found is not None and found.start == reading.starts[found.first] else None


def _in_context(reading: Reading, match: Match) -> bool:
    """Leave out known names that are something else where they stand."""
    surface = reading.forms[match.first][match.skip :]
    if match.entry.key == "seoul":
        return not {reading.form_at(match.first - 1), reading.form_at(match.last)} & _FLOODS
    if surface == "الجزيره" and match.last == match.first + 1:
        return bool(match.skip) or reading.form_at(match.first - 1) in _BEFORE_A_CHANNEL
    if match.last == match.first + 1 and match.skip and surface in words("function_words.txt"):
        return False
    return not (match.entry.alone and match.skip and len(surface) < 4)


def _adverbial(reading: Reading, one: Mention) -> Mention:
    """With tanwin the name of a country is its adjective: هجوما روسيًا."""
    if one.label == "GPE" and _TANWIN in reading.raw(one.last - 1):
        return replace(one, label="NORP", gender="")
    return one
