"""convert and schema: other tools' formats to predictions and back, and the schemas of khabar's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from khabar import api
from khabar.cli.console import print_json, say, warn, writing
from khabar.cli.options import AsJson, Gold, Split, names_in, wrong_option
from khabar.reading.files import write_all
from khabar.reading.incidents import fix_of

if TYPE_CHECKING:
    from khabar.formats.context import Repair


NAMES = "predictions, conll, brat, spacy, labelstudio, hf or llm"


def convert(
    source: Annotated[Path, typer.Argument(help="A file, or a folder for brat and hf.", metavar="IN")],
    out: Annotated[Path, typer.Argument(help="A file, or a folder for brat.", metavar="OUT")],
    given: Annotated[str | None, typer.Option("--from", help=f"{NAMES}. [default: by name or content]")] = None,
    wanted: Annotated[str | None, typer.Option("--to", help=f"{NAMES}. [default: by name]")] = None,
    labels: Annotated[
        str | None,
        typer.Option(help="Read labels as: khabar, wojood, ontonotes, conll, anercorp or muc. [default: what fits]"),
    ] = None,
    repair: Annotated[
        str | None,
        typer.Option(help="Mend, with commas: conlleval or discard (an I- that continues nothing), utf16 (offsets)."),
    ] = None,
    columns: Annotated[
        str | None, typer.Option(help="Tag columns of CoNLL files, such as 2,3. [default: found]")
    ] = None,
    gold: Gold = None,
    split: Split = "test",
    as_json: AsJson = False,
) -> None:
    """Convert annotations between predictions and other tools' formats, and say what is lost."""
    from khabar.formats.context import Conversion
    from khabar.formats.conversion import FORMATS
    from khabar.formats.conversion import convert as convert_files
    from khabar.formats.label_maps import MAPS

    for option, value, known in (("--from", given, FORMATS), ("--to", wanted, FORMATS), ("--labels", labels, MAPS)):
        if value is not None and value not in known:
            message = f"{option} {value!r}: there is {', '.join(known)}"
            raise wrong_option(message, fix=fix_of(value, known, before=f"{option} "))
    policy, utf16 = _repairs(repair)
    if source.resolve() == out.resolve():
        raise wrong_option("OUT is IN itself", fix="name another file to write")
    texts = {document.doc_id: document for document in api.load(gold, split=split)}
    work = Conversion(texts, labels, policy, utf16, _columns(columns), split)
    converted = convert_files(source, out, work, given=given, wanted=wanted)
    with writing(out):
        write_all(converted.files)
    warn(converted.warnings)
    if as_json:
        print_json(
            {
                "from": converted.source,
                "to": converted.target,
                "out": str(out),
                "documents": converted.documents,
                "rows": converted.rows,
                "lost": converted.lost,
                "warnings": [incident.to_dict() for incident in converted.warnings],
            }
        )
        return
    rows = "".join(f", {count} {layer}" for layer, count in converted.rows.items() if count)
    say(f"{converted.source} → {converted.target}: {converted.documents} document(s){rows}")
    for what, times in converted.lost.items():
        say(f"lost: {times} {what}", err=True)


def _repairs(text: str | None) -> tuple[Repair, bool]:
    from khabar.formats.context import REPAIRS, UTF16

    named = names_in(text) or []
    policies: list[Repair] = [name for name in REPAIRS if name in named]
    if len(policies) > 1 or set(named) - {*REPAIRS, UTF16}:
        message = f"--repair {text!r}: there is {', '.join(REPAIRS)} (one of them) and {UTF16}"
        raise wrong_option(message, fix=f"write one of the first, or {UTF16}, or both with a comma")
    return (policies or ["none"])[0], UTF16 in named


def _columns(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and 1 < int(part) < 1000 for part in parts):
        message = f"--columns {text!r}: columns have numbers from 2 to 999, the token being 1"
        raise wrong_option(message, fix="write the columns of tags, such as 2,3")
    return tuple(int(part) for part in parts)


def _names() -> list[str]:
    from khabar.schemas import RECORDS

    return list(RECORDS)


def schema(
    name: Annotated[
        str | None,
        typer.Argument(
            help="Which schema to print. [default: list their names]", metavar="[NAME]", autocompletion=_names
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the JSON Schema of a file that khabar reads or writes; without a name, list them all."""
    from khabar import schemas

    titles = {known: title for known, (_, title) in schemas.RECORDS.items()}
    if name is not None and name not in titles:
        raise wrong_option(f"no schema is called {name!r}; there is: {', '.join(titles)}", fix=fix_of(name, titles))
    if name is not None:
        print_json(schemas.schema(name))
    elif as_json:
        print_json(titles)
    else:
        say("\n".join(f"{known:20} {title}" for known, title in titles.items()))
