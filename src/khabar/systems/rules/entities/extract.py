"""The passes of the entity layer in their order: each sees what the earlier ones found."""

from __future__ import annotations

from khabar.systems.rules.entities.clusters import keyed
from khabar.systems.rules.entities.extents import Headed, headed
from khabar.systems.rules.entities.known import Known
from khabar.systems.rules.entities.mention import Mention, mention
from khabar.systems.rules.entities.nesting import nested
from khabar.systems.rules.entities.offices import offices
from khabar.systems.rules.entities.organisations import organisations
from khabar.systems.rules.entities.persons import by_given_name, by_title, name_end, seen_before
from khabar.systems.rules.entities.things import things
from khabar.systems.rules.lexicon import known_word
from khabar.systems.rules.reading import Reading


def extract(reading: Reading) -> list[Mention]:
    """All mentions of a text, nested or disjoint, each with its key, in the order of the text."""
    known = Known(reading)
    heads = headed(reading)
    institutions = organisations(reading, known, heads)
    longest = {one.first: one for one in known.mentions if one.label == "ORG"}
    for one in institutions:
        if one.first not in longest or longest[one.first].last < one.last:
            longest[one.first] = one

    opened = by_given_name(reading, known)
    begun = {one.first for one in opened}

    def names(token: int) -> bool:
        if token >= len(reading):
            return False
        held = known.whole(reading, token)
        if held is not None:
            return held.label == "PERS"
        return token in begun or name_end(reading, known, token, titled=True) > token

    held = offices(reading, known, heads, longest, names)
    titled = by_title(reading, known, _after_titles(heads, held))
    people = [one for one in known.mentions if one.label == "PERS"] + opened + titled
    taken = {token for one in people + institutions + held for token in range(one.first, one.last)}
    taken |= {token for one in known.mentions for token in range(one.first, one.last)}
    lone = seen_before(reading, people, taken)
    candidates = known.mentions + institutions + held + opened + titled + lone + things(reading, known, heads)
    return keyed(reading, nested(candidates + _acronyms(reading, candidates)))


def _acronyms(reading: Reading, candidates: list[Mention]) -> list[Mention]:
    """A short name in brackets right after an institution: a second mention of it."""
    found = {}
    for one in candidates:
        short = one.last + 1
        if one.label != "ORG" or reading.form_at(one.last) != "(" or reading.form_at(short + 1) != ")":
            continue
        form = reading.forms[short]
        common = form.isascii() or known_word(form) or form.startswith("ال")
        if form.isalpha() and (reading.raw(short).isupper() or not common):
            found[short] = mention(reading, short, short + 1, 0, "ORG", gender=one.gender)
    return list(found.values())


def _after_titles(heads: list[Headed], held: list[Mention]) -> list[tuple[int, str]]:
    places = [(one.last, one.gender) for one in held]
    polite = [one for one in heads if one.kind == "polite" and one.head.startswith("ال")]
    return places + [(one.token + 1, one.gender) for one in polite]
