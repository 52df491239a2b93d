"""Building the site: boards, what their systems said and the corpus in, every page out, into a folder of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

from khabar.corpus.contrast import read_released
from khabar.corpus.release import read_release, released_corpus
from khabar.corpus.tables import read_split
from khabar.leaderboard.board import read_board
from khabar.leaderboard.board_gold import BoardGold
from khabar.leaderboard.build import BuiltBoards
from khabar.leaderboard.result import read_result
from khabar.leaderboard.survey import BOARD, board_folder, place_of, survey
from khabar.leaderboard.view import BoardView, SystemRow, views_of
from khabar.reading.files import write_all, write_whole
from khabar.reading.incidents import Incidents, InputError
from khabar.reading.predictions import read_predictions, split
from khabar.scoring.scorer import Evaluation
from khabar.site.corpus import SiteCorpus, original_id
from khabar.site.environment import Templates, entrance, speaking
from khabar.site.language import languages, page_name, translations
from khabar.site.pairs import PairsOfSplit, shown_pairs
from khabar.site.reader import compared, of_gold
from khabar.site.story import agreement, issues_by_status, utterances
from khabar.site.system import SystemOnSplit, SystemView, annotated, by_cause, found_disputes, system_errors

LISTING = "files.txt"
"""Names the files of a build, one a line, so that the next build knows which are its own."""
_STATIC = ("khabar.css", "khabar.js", "icon.svg")


def site(root: Path, built: BuiltBoards, gold: BoardGold, folder: Path | None = None) -> dict[str, bytes]:
    """Make all pages of an eval folder's boards: path below the site's folder (with /) → bytes.

    Articles are shown of the splits whose text the corpus itself holds, and of no other, fetched or not. `folder` is
    the corpus folder the boards were built on (None: the released one). Raises InputError if it cannot be read.
    """
    source = released_corpus() if folder is None else folder
    shown = [name for name in gold.splits if name not in gold.withheld]
    changes = read_released(source, read_release(source))
    corpus = SiteCorpus.of({name: read_split(source, name) for name in shown}, gold.splits, changes)
    views = {name: view for name, view in views_of(built.boards).items() if view.rows}
    systems = _systems(root, views, gold, corpus)
    by_key = {system.key: system for system in systems}
    pairs: dict[str, PairsOfSplit] = {}
    for name in [name for name in views if name in gold.contrast - gold.outlined]:
        asked = [by_key[row.system] for row in views[name].rows if row.block != "floor"]
        issues = read_split(source, name)["conflicts"]
        shown_here = shown_pairs(name, gold.splits[name], issues, changes, asked, corpus.by_id)
        pairs[name] = PairsOfSplit(asked, shown_here, name in shown)
    closed = {version: _closed(root, version) for version in survey(root, Incidents()).closed(gold.version)}
    static = files("khabar.site") / "static"
    pages = {name: (static / name).read_bytes() for name in _STATIC}
    both = languages()
    for language in both:
        templates = Templates(language, gold, corpus.published)
        for path, page in _pages(templates, views, systems, corpus, closed, pairs):
            pages[f"{language.code}/{path}"] = page.encode()
    pages["index.html"] = entrance(both).encode()
    return pages


def _closed(root: Path, version: str) -> dict[str, BoardView] | None:
    """The boards of an earlier version by split; None where none is in a format that is read today."""
    names = [name for name in survey(root, Incidents()).boards.get(version, ()) if name.endswith(BOARD)]
    boards = [read_board(board_folder(root, version) / name, Incidents()) for name in names]
    return views_of({board.corpus.split: board for board in boards if board is not None}) or None


def _systems(root: Path, views: Mapping[str, BoardView], gold: BoardGold, corpus: SiteCorpus) -> list[SystemView]:
    """The systems of all boards: in the order of the first board, then of the next."""
    on: dict[str, dict[str, SystemOnSplit]] = {}
    for name, view in views.items():
        for row in view.rows:
            if (measured := _on_split(root, row, name, gold, corpus)) is not None:
                on.setdefault(row.system, {})[name] = measured
    return [SystemView(key, splits) for key, splits in on.items()]


def _on_split(root: Path, row: SystemRow, name: str, gold: BoardGold, corpus: SiteCorpus) -> SystemOnSplit | None:
    place, reference = place_of(root, row.system, gold.version), gold.splits[name]
    result = read_result(place.result(name), Incidents())
    if result is None:
        return None
    if name in gold.outlined:
        return SystemOnSplit(row, result.score)
    layers = gold.layers(name, row.card)
    evaluation = Evaluation(reference, *split(read_predictions(place.predictions(name), Incidents())), layers=layers)
    errors = system_errors(evaluation.errors)
    if name not in corpus.splits or name in gold.contrast:
        return SystemOnSplit(row, result.score, errors)
    in_articles = annotated(evaluation.cases, corpus.names, layers)
    found = found_disputes(errors, reference) if "conflicts" in layers else frozenset()
    return SystemOnSplit(row, result.score, errors, in_articles, found)


def _pages(
    templates: Templates,
    boards: Mapping[str, BoardView],
    systems: Sequence[SystemView],
    corpus: SiteCorpus,
    closed: Mapping[str, Mapping[str, BoardView] | None],
    pairs: Mapping[str, PairsOfSplit],
) -> Iterator[tuple[str, str]]:
    told = {"systems": systems, "corpus": corpus, "closed": closed, "pairs": pairs}

    def page(path: str, template: str, **values: Any) -> tuple[str, str]:
        return path, templates.page(path, template, **told, **values)

    yield page("index.html", "board.html", boards=boards, present=True, version=None)
    for version, old in closed.items():
        yield page(f"boards/{version}.html", "board.html", boards=old, present=False, version=version)
    yield page("articles/index.html", "articles.html")
    issues = {issue.issue_id: issue for issue in corpus.issues}
    for system in systems:
        yield page(f"systems/{system.key}.html", "system.html", system=system, boards=boards, issues=issues)
    for name, some in pairs.items():
        yield page(f"pairs/{name}.html", "pairs.html", split_name=name, shown=some)
    for document in corpus.documents:
        doc_id, name = document.doc_id, page_name(document.doc_id)
        gold, claims = corpus.gold[doc_id], corpus.claims_in(doc_id)
        readers = speaking(systems, corpus.split_of[doc_id]) if doc_id not in corpus.altered else []
        shared = {"document": document, "issues": issues, "names": corpus.names[document.story], "readers": readers}
        laid_out = of_gold(document, gold, claims)
        yield page(f"articles/{name}.html", "article.html", paragraphs=laid_out, **shared)
        for system in readers:
            on = system.on[corpus.split_of[doc_id]]
            errors = on.errors.by_article.get(doc_id, []) if on.errors else []
            laid_out = compared(document, gold, on.annotations[doc_id], errors)
            nowhere = [error for error in errors if error.start < 0]
            listed = {"errors": by_cause(errors), "nowhere": nowhere}
            path = f"articles/{name}/{system.key}.html"
            yield page(path, "compared.html", system=system, paragraphs=laid_out, **listed, **shared)
    for story in corpus.stories:
        documents, name = corpus.in_story(story), page_name(story)
        shared = {"story": story, "documents": documents, "names": corpus.names[story]}
        agreed = partial(agreement, sides=corpus.sides[story])
        by_status = issues_by_status(corpus.issues, corpus.claims, story)
        yield page(
            f"stories/{name}.html",
            "story.html",
            issues=by_status,
            agreement=agreed,
            translations=_translated(corpus, story),
            **shared,
        )
        if corpus.is_altered(story):
            continue
        reported = utterances(corpus.quotes, documents)
        yield page(f"stories/{name}-wording.html", "wording.html", utterances=reported, **shared)


def _translated(corpus: SiteCorpus, story: str) -> dict[str, str]:
    """Our own English of the claims of a story; of a variant, of those whose words no edit altered."""
    if not corpus.is_altered(story):
        return translations(story)
    known = translations(original_id(story))
    words = {claim.id: claim.text for claim in corpus.claims}
    variant = story.removeprefix(original_id(story))
    kept = {key: key + variant for key in known if words.get(key) == words.get(key + variant)}
    return {kept[key]: known[key] for key in kept}


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds something and was not written by a build. Raises InputError."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InputError.of("path-unsafe", "the site's place is no plain folder", str(folder))
    is_used = folder.is_dir() and any(path.suffix != ".part" for path in folder.iterdir())
    if is_used and not (folder / LISTING).is_file():
        message = f"the folder holds other things than a site (no {LISTING})"
        raise InputError.of("file-unwritable", message, str(folder), fix="name an empty or new folder")


def write_site(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write pages (path below the folder, with / → bytes) and remove those a former build wrote and this one did not.

    Meanwhile the listing names both, so that after a kill the next build knows them all. Raises InputError
    where the folder is somebody else's, OSError where it cannot be written.
    """
    check_folder(folder)
    former = _listed(folder)
    write_whole(folder / LISTING, _listing(former | set(files)))
    write_all({folder / name: data for name, data in files.items()})
    for name in former - set(files):
        path = folder / name
        if path.is_file() and not path.is_symlink():
            path.unlink()
            _remove_empty(path.parent, folder)
    write_whole(folder / LISTING, _listing(files))


def _listing(names: Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in sorted(names)).encode()


def _listed(folder: Path) -> set[str]:
    """Names a former build listed; any that would lead out of the folder are not its own."""
    path = folder / LISTING
    if not path.is_file():
        return set()
    names = path.read_text("utf-8", errors="replace").splitlines()
    return {name for name in names if name and not PurePosixPath(name).is_absolute() and ".." not in name.split("/")}


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
