"""What the terminal calls each figure. docs/figures.md (`khabar docs figures`) explains every one of these names."""

from __future__ import annotations

BESIDE_HEADLINE: dict[str, tuple[tuple[str, str], ...]] = {
    "entities": (
        ("precision", "precision"),
        ("recall", "recall"),
        ("macro F1 over labels", "macro_f1"),
        ("partial (SemEval)", "semeval.partial.f1"),
        ("type (SemEval)", "semeval.type.f1"),
        ("clitics forgiven", "clitic_tolerant.f1"),
        ("nested, recall", "phenomenon.nested.recall"),
        ("identity (LEA)", "identity.lea.f1"),
        ("seqeval (strict IOB2)", "seqeval.strict_iob2.f1"),
    ),
    "numbers": (
        ("precision", "precision"),
        ("recall", "recall"),
        ("span found", "detection.f1"),
        ("span and value", "value.f1"),
        ("span and unit", "unit.f1"),
        ("dates resolved", "dates.resolved.f1"),
        ("modality, macro F1", "modality.macro_f1"),
        ("trap false alarms", "traps.false_alarm_rate"),
    ),
    "quotes": (
        ("precision", "precision"),
        ("recall", "recall"),
        ("content, IoU ≥ 0.5", "detection_50.f1"),
        ("content, IoU ≥ 0.8", "detection_80.f1"),
        ("speaker, where found", "speaker.accuracy"),
        ("  explicit", "speaker.explicit.accuracy"),
        ("  implicit", "speaker.implicit.accuracy"),
        ("cue", "cue.f1"),
        ("chain edges", "chain.edge_f1"),
    ),
    "conflicts": (
        ("as many calls at random", "contrast.chance"),
        ("called, where a dispute", "contrast.called_where_hard"),
        ("called, where none", "contrast.called_where_not"),
        ("controls called", "contrast.controls.false_alarm_rate"),
        ("agreement → dispute", "contrast.direction.agreement_to_dispute.pair_f"),
        ("trap → dispute", "contrast.direction.trap_to_dispute.pair_f"),
        ("dispute → agreement", "contrast.direction.dispute_to_agreement.pair_f"),
        ("dispute → trap", "contrast.direction.dispute_to_trap.pair_f"),
        ("dispute F1", "f1"),
        ("precision", "precision"),
        ("recall", "recall"),
        ("type right too", "typed.f1"),
        ("traps called conflicts", "traps.rate"),
        ("false per 1,000 tokens", "false_per_1000_tokens"),
        ("average precision", "average_precision"),
    ),
}
"""What stands under each headline in the full table: (words, figure)."""

HEADLINES = {
    "entities": {"f1": "exact span + label F1"},
    "numbers": {"f1": "full-tuple F1"},
    "quotes": {"f1": "who said what F1"},
    "conflicts": {"f1": "dispute F1", "contrast.pair_f": "both of a pair right"},
}
"""Layer → figure → words."""
OVERALL = "mean of the four"
"""The words of `overall`."""
GLOSSARY = "what these figures mean, and what others score: khabar docs figures"
COUNTS = {"right": "tp", "missed": "fn", "false": "fp"}
"""Words of a headline's counts → the end of the column that holds them."""
LABELS = {
    "entities": ("each label", "label.LABEL.f1"),
    "numbers": ("each kind", "kind.LABEL.f1"),
    "conflicts": ("each type, recall", "type.LABEL.recall"),
}
"""Layer → the words over the figures of its labels, and the name of such a figure."""
LOOK = "every figure: --full; each error: --errors FILE; as a page: --html FILE"
LOOK_ADDED = "every figure: result.json, beside the predictions"
