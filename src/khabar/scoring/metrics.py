"""Metrics: from column sums to a figure. Formulas take numbers or arrays and give NaN where a figure is undefined."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def quotient(numerator: Any, denominator: Any) -> Array:
    """Divide; NaN where the denominator is 0."""
    import numpy as np

    top, bottom = np.asarray(numerator, float), np.asarray(denominator, float)
    shape = np.broadcast(top, bottom).shape
    result: Array = np.divide(top, bottom, out=np.full(shape, np.nan), where=bottom != 0)
    return result


def f1(tp: Array, fp: Array, fn: Array) -> Array:
    """F1 = 2TP / (2TP + FP + FN), undefined when that is 0/0."""
    return quotient(2 * tp, 2 * tp + fp + fn)


def precision(tp: Array, fp: Array) -> Array:
    """TP / (TP + FP), undefined without predictions."""
    return quotient(tp, tp + fp)


def recall(tp: Array, fn: Array) -> Array:
    """TP / (TP + FN), undefined without gold."""
    return quotient(tp, tp + fn)


def ratio(numerator: Array, denominator: Array) -> Array:
    """A share, undefined when there is nothing to share."""
    return quotient(numerator, denominator)


def chance_of_pairs(called_where_hard: Array, called_where_not: Array, pairs: Array) -> Array:
    """The share of pairs that would be right if as many calls fell on members at random: at most one in four."""
    rate = quotient(called_where_hard + called_where_not, 2 * pairs)
    return rate * (1 - rate)


def per_thousand(numerator: Array, denominator: Array) -> Array:
    """A rate per 1,000."""
    return quotient(1000 * numerator, denominator)


def credit_f1(credit: Array, predicted: Array, gold: Array) -> Array:
    """2 · credit / (predictions + gold rows): the F1 of schemes that give part of a point."""
    return quotient(2 * credit, predicted + gold)


def semeval_f1(cor: Array, inc: Array, par: Array, mis: Array, spu: Array) -> Array:
    """F1 of a SemEval-2013 scheme: credit is COR + PAR/2, out of all predicted and all gold."""
    return credit_f1(cor + 0.5 * par, cor + inc + par + spu, cor + inc + par + mis)


def semeval_precision(cor: Array, inc: Array, par: Array, mis: Array, spu: Array) -> Array:
    """Credit out of ACTUAL = COR + INC + PAR + SPU."""
    return quotient(cor + 0.5 * par, cor + inc + par + spu)


def semeval_recall(cor: Array, inc: Array, par: Array, mis: Array, spu: Array) -> Array:
    """Credit out of POSSIBLE = COR + INC + PAR + MIS."""
    return quotient(cor + 0.5 * par, cor + inc + par + mis)


def macro_f1(*columns: Array) -> Array:
    """Mean over labels of F1 (three columns a label: TP, FP, FN), over the labels whose F1 is defined."""
    import numpy as np

    each = np.stack([f1(*columns[at : at + 3]) for at in range(0, len(columns), 3)])
    defined = ~np.isnan(each)
    return quotient(np.where(defined, each, 0).sum(axis=0), defined.sum(axis=0))


@dataclass(frozen=True, slots=True)
class Metric:
    """A named figure: a formula over the sums of some columns."""

    name: str
    formula: Callable[..., Array]
    columns: tuple[str, ...]


def prf(name: str, prefix: str) -> tuple[Metric, Metric, Metric]:
    """F1, precision and recall over the columns `prefix.tp`, `prefix.fp` and `prefix.fn`; `name` may be empty."""
    tp, fp, fn = f"{prefix}.tp", f"{prefix}.fp", f"{prefix}.fn"
    head = f"{name}." if name else ""
    return (
        Metric(f"{head}f1", f1, (tp, fp, fn)),
        Metric(f"{head}precision", precision, (tp, fp)),
        Metric(f"{head}recall", recall, (tp, fn)),
    )


def of_phenomena(tags: Iterable[str]) -> list[Metric]:
    """Recall of the gold rows that carry each tag."""
    return [
        Metric(f"phenomenon.{tag}.recall", recall, (f"phenomenon.{tag}.tp", f"phenomenon.{tag}.fn")) for tag in tags
    ]
