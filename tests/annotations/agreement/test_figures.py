"""Figures of agreement: known ones of passes with known differences, and what must always hold."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from khabar.annotations.agreement.figures import Agreement, agreement
from khabar.annotations.agreement.table import CEILINGS, agreement_table, lines, warning
from khabar.annotations.rounds import Round, read_round
from khabar.reading.incidents import InputError
from khabar.records import Claim, Conflict, Entity, Number, Quote, Row
from tests.annotations.story import ONE, TWO, a_folder, a_pass, a_round, entity

ROOT = Path(__file__).parents[3]
ROUNDS = ROOT / "annotations" / "rounds"


def compared(b: Sequence[Row], a: Sequence[Row] | None = None) -> Agreement:
    return agreement(a_round(a_pass() if a is None else a, b))


def edited(change: Callable[[Row], Row | None]) -> list[Row]:
    return [row for row in map(change, a_pass()) if row is not None]


def values(found: Agreement, layer: str, figure: str) -> list[float | None]:
    return [each.value for each in found.scored[layer][figure]]


def all_shares(found: Agreement) -> list[float | None]:
    return [each.share for layer in found.attributes.values() for each in layer.values() if each.n]


def test_a_pass_agrees_with_itself() -> None:
    found = compared(a_pass())
    for layer in ("entities", "numbers", "quotes", "conflicts"):
        assert values(found, layer, "f1") == [1, 1]
    assert set(all_shares(found)) == {1}
    assert {each.alpha for each in found.tags.values()} <= {1.0, None}
    assert all(rows.f1 == 1 for rows in found.rows.values())
    assert found.claims_by_place == 1


def test_the_real_passes_agree_with_themselves(first_round: Round) -> None:
    for each in (first_round.a, first_round.b):
        found = agreement(dataclasses.replace(first_round, a=each, b=each))
        for layer, figures in found.scored.items():
            wanted = {name: 0 if "traps" in name else 1 for name in figures}
            for name, (x, y) in figures.items():
                assert x.value in (wanted[name], None), (layer, name)
                assert x.value == y.value
        assert set(all_shares(found)) == {1}
        assert {a.alpha for layer in found.attributes.values() for a in layer.values()} <= {1.0, None}


def test_a_mention_missed_and_one_with_another_label() -> None:
    """Six mentions against five, four of them right: with either as gold F1 = 2·4/(6+5) = 8/11."""

    def change(row: Row) -> Row | None:
        if isinstance(row, Entity) and row.text == "الكرملين":
            return replace(row, label="FAC")
        return None if isinstance(row, Entity) and row.text == "زيلينسكي" else row

    found = compared(edited(change))
    assert values(found, "entities", "f1") == [pytest.approx(8 / 11)] * 2
    assert values(found, "entities", "precision") == [pytest.approx(4 / 5), pytest.approx(4 / 6)]
    assert values(found, "entities", "recall") == [pytest.approx(4 / 6), pytest.approx(4 / 5)]
    label = found.attributes["entities"]["label"]
    assert (label.n, label.agreed) == (5, 4)
    # Coincidences of PERS PERS GPE GPE ORG against PERS PERS GPE GPE FAC: 1 − (2/10)/((100 − 16 − 16 − 1 − 1)/90).
    assert label.alpha == pytest.approx(1 - (2 / 10) / (66 / 90))
    rows = found.rows["entities"]
    assert (rows.a, rows.b, rows.paired, rows.alike) == (6, 5, 5, 4)


def test_tags_of_tokens() -> None:
    """One of six one-token mentions is not tagged in b: all tokens but that one have the same tag."""
    found = compared(edited(lambda row: None if isinstance(row, Entity) and row.text == "زيلينسكي" else row))
    tags = found.tags["entities"]
    assert tags.n - tags.agreed == 1
    # Tags: of 2n values, 3 + 3 − 1 = 5 are B-PERS and the rest as in both; expected from the squares of their counts.
    n = tags.n
    counts = [5, 4, 2, 2 * n - 11]
    expected = ((2 * n) ** 2 - sum(count * count for count in counts)) / (2 * n * (2 * n - 1))
    assert tags.alpha == pytest.approx(1 - (2 / (2 * n)) / expected)


def test_numbers_by_aspect() -> None:
    """Two numbers; one has another value. Found both, right one."""

    def change(row: Row) -> Row:
        return replace(row, low="601", high="601") if isinstance(row, Number) and row.low == "600" else row

    found = compared(edited(change))
    assert values(found, "numbers", "detection.f1") == [1, 1]
    assert values(found, "numbers", "f1") == values(found, "numbers", "value.f1") == [0.5, 0.5]
    assert found.attributes["numbers"]["value"].share == 0.5
    assert found.attributes["numbers"]["unit"].share == 1


def test_who_said_what() -> None:
    """Of four attributions one has another speaker: content is found four times, who said it three times."""

    def change(row: Row) -> Row:
        if isinstance(row, Quote) and row.speaker == "kremlin":
            return replace(row, speaker="zelensky", source_chain=("zelensky",), speaker_mention=None)
        return row

    found = compared(edited(change))
    assert values(found, "quotes", "detection_50.f1") == [1, 1]
    assert values(found, "quotes", "f1") == [0.75, 0.75]
    assert found.attributes["quotes"]["speaker"].agreed == 3


def test_a_row_that_one_pass_does_not_score() -> None:
    """Not a figure of the scorer, which sets it aside, but of the attribute."""
    found = compared(
        edited(lambda row: replace(row, scored=False) if isinstance(row, Quote) and row.act == "denial" else row)
    )
    assert found.attributes["quotes"]["scored"].share == 0.75


def test_identity() -> None:
    """b holds the two spellings of Putin for two people: span and label stay right, clusters do not."""

    def change(row: Row) -> Row:
        return replace(row, entity_id="another") if isinstance(row, Entity) and row.text == "بوتن" else row

    found = compared(edited(change))
    assert values(found, "entities", "f1") == [1, 1]
    lea = values(found, "entities", "identity.lea.f1")
    # a: {2}{2}{1}{1}; b: {1}{1}{2}{1}{1}. LEA recall (0 + 2 + 1 + 1)/6, precision (0 + 0 + 2 + 1 + 1)/6.
    assert lea == [pytest.approx(4 / 6)] * 2


def test_disputes() -> None:
    """What a takes for a hard dispute b takes for contested: with a as gold one is missed, b as gold has none."""
    found = compared(edited(lambda row: replace(row, status="contested") if isinstance(row, Conflict) else row))
    assert values(found, "conflicts", "f1") == [0, None]
    status = found.attributes["conflicts"]["status"]
    assert (status.n, status.agreed) == (1, 0)


def test_claims_with_other_bounds() -> None:
    """The same place by half of the shorter one, another span; a claim in two words less."""

    def change(row: Row) -> Row:
        return (
            replace(row, start=row.start + 4, text=row.text[4:]) if isinstance(row, Claim) and row.id == "c2" else row
        )

    found = compared(edited(change))
    assert found.claims_by_place == 1
    assert found.attributes["claims"]["span"].share == 0.5
    assert values(found, "conflicts", "f1") == [1, 1]


def test_which_pass_is_first_turns_the_figures_round() -> None:
    other = [
        *edited(lambda row: None if isinstance(row, Quote) and row.act == "denial" else row),
        entity(ONE, "المعركة", "EVENT", "kursk"),
    ]
    there, back = compared(other), compared(a_pass(), other)
    for layer, figures in there.scored.items():
        assert {name: (y.value, x.value) for name, (x, y) in figures.items()} == {
            name: (x.value, y.value) for name, (x, y) in back.scored[layer].items()
        }
    assert {layer: each.alpha for layer, each in there.tags.items()} == {
        layer: each.alpha for layer, each in back.tags.items()
    }


def test_other_keys_change_nothing() -> None:
    plain, other = compared(a_pass()), compared(a_pass(putin="p", kursk="k"))
    assert plain.to_json() == other.to_json()


def test_only_shared_documents_are_compared(tmp_path: Path) -> None:
    """A pass over a share: the other's rows elsewhere are neither missed nor false, and it is said."""
    share = [row for row in a_pass() if getattr(row, "doc_id", TWO) == TWO and not isinstance(row, (Claim, Conflict))]
    folder = a_folder(tmp_path, a_pass(), share)
    read = read_round(folder / "rounds" / "first", folder / "seeds")
    assert read.left_out == {"a": (ONE,), "b": ()}
    found = agreement(read)
    assert values(found, "entities", "f1") == [1, 1]
    assert found.documents == (TWO,)
    assert found.rows["claims"].a == 1


def test_the_table_for_the_card() -> None:
    """A line a figure, three columns a split; what one split does not have is blank there."""
    found = compared(
        edited(lambda row: replace(row, label="FAC") if isinstance(row, Entity) and row.label == "ORG" else row)
    )
    fewer = compared([row for row in a_pass() if not isinstance(row, Quote)])
    table = agreement_table({"test": json.loads(found.to_json()), "news": fewer.to_dict()}).splitlines()
    assert table[0] == "| layer | what | test: n | a / b | α | news: n | a / b | α | elsewhere |"
    assert {line.count("|") for line in table} == {10}
    assert "| entities | span and label, F1 |  | 0.833 |  |  | 1.000 |  | 0.976 (Wojood) |" in table
    # Of 12 values 6 are PERS, 4 GPE, 1 ORG and 1 FAC: 1 − (2/12)/((144 − 36 − 16 − 1 − 1)/132) = 0.756.
    assert "| entities | label | 6 | 0.833 | 0.756 | 6 | 1.000 | 1.000 |  |" in table
    assert "| entities | PERS, F1 |  | 1.000 |  |  | 1.000 |  |  |" in table
    assert "| quotes | speaker | 4 | 1.000 | 1.000 |  |  |  |  |" in table
    layers = [line.split(" | ")[0] for line in table[2:]]
    assert layers == sorted(layers, key=list(dict.fromkeys(layers)).index), "a layer's lines stand together"


def test_better_than_anywhere_else_is_said() -> None:
    """Figures above every known ceiling are seldom of independent passes."""
    assert "sight of the other" in str(warning(compared(a_pass()).to_dict()))
    worse = edited(
        lambda row: row if isinstance(row, (Conflict, Claim)) or not isinstance(row, (Entity, Number, Quote)) else None
    )
    assert warning(compared(worse).to_dict()) is None
    assert set(CEILINGS) <= {
        (layer, name) for layer, found in compared(a_pass()).to_dict()["layers"].items() for name in found["scored"]
    }


def test_lines_leave_nothing_undefined_looking_like_zero() -> None:
    found = compared([row for row in a_pass() if not isinstance(row, Quote)])
    (f1,) = [line for line in lines(found.to_dict()) if line.layer == "quotes" and line.words == "who said what, F1"]
    assert f1.value == "0.000"
    nothing = agreement(
        a_round(
            [row for row in a_pass() if not isinstance(row, Quote)], [r for r in a_pass() if not isinstance(r, Quote)]
        )
    )
    (f1,) = [line for line in lines(nothing.to_dict()) if line.layer == "quotes" and line.words == "who said what, F1"]
    assert f1.value == "–"


def follows_from_the_passes(name: str) -> bool:
    """Whether agreement.json beside the passes is what `khabar annotate agreement ROUND --write` writes now."""
    published = ROUNDS / name / "agreement.json"
    names = json.loads(published.read_text("utf-8"))["passes"]
    return agreement(read_round(published.parent, ROOT / "seeds", names)).to_json() == published.read_text("utf-8")


def test_published_figures_of_the_seeds_follow_from_the_passes() -> None:
    assert follows_from_the_passes("first")


@pytest.mark.usefixtures("fetched")
@pytest.mark.parametrize("name", ["dev", pytest.param("news", marks=pytest.mark.slow)])
def test_published_figures_of_fetched_articles_follow_from_the_passes(name: str) -> None:
    assert follows_from_the_passes(name)


def test_every_round_publishes_its_figures() -> None:
    assert {path.parent.name for path in ROUNDS.glob("*/agreement.json")} == {path.name for path in ROUNDS.iterdir()}


def test_passes_over_articles_that_are_not_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Rounds over other articles need no fetching."""
    monkeypatch.setenv("KHABAR_CACHE", str(tmp_path))
    with pytest.raises(InputError, match=r"text-missing.*run `khabar corpus fetch`"):
        read_round(ROUNDS / "dev", ROOT / "seeds")
    assert read_round(ROUNDS / "first", ROOT / "seeds", ["a", "b"]).texts
