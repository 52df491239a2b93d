"""What went wrong with the quotes of a document."""

from __future__ import annotations

from khabar.records import PredictedQuote
from khabar.records.errors import QuoteCause
from khabar.scoring.assignment import lexicographic
from khabar.scoring.errors.leftovers import pair_up, permille
from khabar.scoring.errors.record import Verdict
from khabar.scoring.layers import quotes
from khabar.scoring.matching import never_right, settle
from khabar.scoring.speakers import Who
from khabar.text.grounding import Grounded, GroundedDocument
from khabar.text.spans import at_least_half

Attribution = Grounded[PredictedQuote]


def judge(document: GroundedDocument, predicted: tuple[Attribution, ...], who: Who) -> list[Verdict]:
    """Name each error. A missed and a false quote are one error if their contents share a letter."""
    passage, gold = document.passage, document.quotes
    scored = [at for at, row in enumerate(gold) if row.item.scored]
    readings = [quotes.readings_of(row, document, who) for row in gold]
    speakers = [who.predicted(document, item.item.speaker) for item in predicted]
    contents = [[reading.content for reading in each] for each in readings]
    aside = quotes.set_aside(passage, gold, contents, predicted)
    said: set[tuple[int, int, int]] = set()
    ious: dict[tuple[int, int], tuple[int, int]] = {}
    for at, place, guess, iou in quotes.overlaps_of(passage, readings, scored, predicted):
        if at_least_half(iou) and readings[at][place].speaker == speakers[guess]:
            said.add((at, guess, 1))
        best = ious.get((at, guess), (0, 1))
        if iou[0] * best[1] > best[0] * iou[1]:
            ious[at, guess] = iou
    settled = settle(scored, said, never_right(aside, said))
    likeness = [(at, guess, lexicographic(int(at_least_half(iou)), permille(iou))) for (at, guess), iou in ious.items()]
    rest = pair_up(settled.missed, settled.false, likeness)

    def cause(at: int, guess: int) -> QuoteCause:
        chain = [who.gold(document, source) for source in gold[at].item.source_chain or ()]
        return pair_cause(ious[at, guess], chain, speakers[guess], implicit=gold[at].item.speaker_mention is None)

    return [
        *(Verdict("wrong", cause(at, guess), at, guess) for at, guess in rest.pairs),
        *(Verdict("missed", "missed", at, None) for at in rest.missed),
        *(
            Verdict("false", "spurious" if predicted[guess].spans else "ungrounded", None, guess)
            for guess in rest.false
        ),
    ]


def pair_cause(iou: tuple[int, int], chain: list[str | None], speaker: str | None, *, implicit: bool) -> QuoteCause:
    """Why a quote that overlaps a missed row is not it: its content, else whom it takes for the speaker.

    `chain` is gold's, from who relays to who speaks; `implicit` is a row whose text names no speaker beside it.
    """
    if not at_least_half(iou):
        return "boundary"
    if speaker is not None and speaker in chain[:-1] and speaker != chain[-1]:
        return "relay_taken_as_speaker"
    return "wrong_implicit_speaker" if implicit else "wrong_speaker"
