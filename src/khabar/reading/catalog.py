"""The catalogue of incidents: each problem khabar can find in somebody's files, by a stable id, and its usual fix.

The habit is that of the Universal Dependencies validator: ids never change meaning, and each has a tiny failing
fixture named after it in `tests/incidents/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What an incident id means and how it is usually mended."""

    meaning: str
    fix: str
    level: Level = "error"


CATALOG: dict[str, Kind] = {
    "file-missing": Kind("there is no such file or folder", "check the path"),
    "file-unreadable": Kind("the file cannot be read", "check its permissions and that it is a file"),
    "file-not-text": Kind("the file is not UTF-8 text", "save it as UTF-8, or give it the ending .parquet"),
    "file-not-parquet": Kind("the file is not readable as Parquet", "write it again, or fetch it again"),
    "file-empty": Kind("the file holds no line", "write one JSON object a line"),
    "file-unwritable": Kind("the file cannot be written", "choose another place, or check its permissions"),
    "line-too-long": Kind("the line is longer than a record may be", "write one document a line"),
    "json-broken": Kind("the line is not JSON", "write one JSON object a line, without NaN or Infinity"),
    "json-not-object": Kind("the line is not a JSON object", "write one JSON object a line"),
    "key-missing": Kind("a required key is missing", "add it"),
    "key-unknown": Kind("the key is not part of the format and is not read", "remove or rename it", "warning"),
    "row-loose": Kind("a row is not in the list of its document", "write one object for each document"),
    "value-wrong": Kind(
        "the value is not of the type or list the format asks for", "`khabar schema` prints what each key takes"
    ),
    "label-unknown": Kind("the label is not in the label scheme", "map it to one of the scheme's labels"),
    "number-not-finite": Kind("the value is not a finite number", "write a decimal or fraction string, or null"),
    "number-not-numeric": Kind("the value is not a number", 'write a decimal ("14000") or a fraction ("1/3")'),
    "bounds-reversed": Kind("low is above high, so the value can equal no number", "swap low and high", "warning"),
    "gold-reversed": Kind("a gold number has low above high", "swap low and high"),
    "gold-date": Kind("a gold date is not EDTF, and no date equals it", "write EDTF, such as 2024-06"),
    "gold-unmatchable": Kind("no prediction can match the row, not even itself", "mend it, or remove it"),
    "key-repeated": Kind("an object has a key twice, and one of the two would be lost", "write each key once"),
    "date-not-edtf": Kind("the value is not EDTF and can equal no date", "write EDTF, such as 2024-06", "warning"),
    "confidence-range": Kind("the confidence is not between 0 and 1", "write a number in [0, 1]"),
    "document-unknown": Kind("the gold has no such document", "remove the line, or choose the right --gold"),
    "document-other-split": Kind("the document belongs to another split", "remove the line, or name --split"),
    "document-repeated": Kind("the document has a line already", "write one line a document"),
    "document-missing": Kind("a gold document has no line", "add one, if only with its doc_id"),
    "story-unknown": Kind("the gold has no such story", "remove the line, or choose the right --gold"),
    "span-incomplete": Kind("a span needs start and end, or text", "give both offsets, or the string"),
    "span-empty": Kind("the span is empty or ends before it starts", "offsets are half-open code points"),
    "span-outside": Kind("the span reaches beyond the text", "offsets are code points of the whole text"),
    "span-surface": Kind(
        "the text at these offsets is not the text given", "count code points of the text as the corpus has it"
    ),
    "words-cut": Kind(
        "spans begin or end inside words, or are not where their text is",
        "count code points of the text as the corpus has it",
        "warning",
    ),
    "prediction-unmatchable": Kind(
        "most items of a kind can match no gold, whatever it says", "give what the format asks for", "warning"
    ),
    "edges-blank": Kind(
        "most entities begin or end with a blank, and only exact spans are right", "leave the blanks out", "warning"
    ),
    "speaker-key": Kind("a speaker is a key that no entity has, and a name", 'write {"name": "…"}', "warning"),
    "span-ungrounded": Kind("the string is not in the document", "copy it as it stands there", "warning"),
    "occurrence-wrong": Kind("an occurrence and a line count from 1", "write 1 for the first"),
    "pairs-many": Kind("more overlaps than the scorer compares", "give fewer items on one place"),
    "dates-many": Kind("more dates of rare forms than the scorer reads", "write them as level 1 of EDTF"),
    "gold-ungrounded": Kind("a gold row is nowhere in its document", "give offsets, or the string as it stands"),
    "row-draft": Kind(
        "the row is a draft that nobody has checked", "compare it with the guidelines, then remove its `draft`"
    ),
    "row-repeated": Kind("the gold row stands there already", "remove it"),
    "prediction-repeated": Kind("an exact repetition counts as a false positive", "remove it", "warning"),
    "id-repeated": Kind("the id is taken", "give each row an id of its own"),
    "reference-unknown": Kind("the row refers to something that does not exist", "add it, or mend the key"),
    "spans-cross": Kind("two entity spans cross", "spans nest or are disjoint"),
    "core-outside": Kind("the core is not inside the mention", "the mention holds the core"),
    "chain-end": Kind("the source chain does not end with the speaker", "the speaker is always last"),
    "row-in-boilerplate": Kind("nothing in boilerplate is gold", "remove the row, or mend the zone"),
    "zones-broken": Kind("the zones do not cover the text in whole lines", "one zone a line, breaks included"),
    "issue-thin": Kind("an issue needs two claims by different sources or documents", "add one, or drop it"),
    "issue-fields": Kind("status, type and subtype do not go together", "see `khabar docs guidelines`, chapter 5"),
    "edit-unplaced": Kind("the edit has no place in the text, or changes nothing", "mend its offsets"),
    "edits-overlap": Kind("two edits overlap", "make them one edit"),
    "edit-breaks": Kind("the edit crosses the border of a span or zone", "restate the row, or move the edit"),
    "row-unrestated": Kind("a row is touched and not named", "restate the row in the change, or remove it"),
    "edits-contradict": Kind("two changes say different things of a row", "let one of them say it"),
    "flip-wrong": Kind("the change does not do what it says", "see `khabar docs edits`"),
    "issue-values": Kind("the positions' values do not go with the status", "a hard issue's values exclude each other"),
    "seed-changed": Kind("the file's bytes are not those of the manifest", "restore it; seeds are never edited"),
    "seed-missing": Kind("the manifest names a file that is not there", "restore it"),
    "seed-unlisted": Kind("the file is not in the manifest", "add it with `khabar seeds add`"),
    "seed-exists": Kind("a seed of this name is there with other content", "give the new file another name"),
    "story-split": Kind("a story lies in two splits", "give all its articles one split"),
    "corpus-stale": Kind("the corpus is not what seeds and gold build", "run `khabar corpus build`"),
    "corpus-changed": Kind("a corpus file is not the released one", "fetch it again, or rebuild"),
    "text-missing": Kind("the corpus is a release without text", "complete it with `khabar corpus fill`"),
    "copy-unknown": Kind("the file is no article of the corpus, byte for byte", "give the article exactly as received"),
    "copy-missing": Kind("no file given is a copy of the article", "give a file with these very bytes"),
    "fetch-failed": Kind(
        "the file cannot be fetched", "run it again, it goes on from there; or name a copy with --from"
    ),
    "fetch-changed": Kind("the file is not the one the corpus was made from", "leave --from out, or name another copy"),
    "upload-refused": Kind("the release was not put there", "check the name, the version and the token"),
    "option-wrong": Kind("the option's value cannot be used", "give another value"),
    "system-unknown": Kind("there is no such system", "`khabar systems` lists all"),
    "system-failed": Kind("the system raised an error", "mend the system"),
    "format-unknown": Kind("the format is not clear", "name it with --from or --to"),
    "format-broken": Kind("the file is not what its format asks for", "export it again, or check --from"),
    "columns-unclear": Kind("several columns hold tags", "say which with --columns, such as --columns 3"),
    "tags-broken": Kind("the tags are no IOB2", "mend them, or choose a --repair"),
    "token-unaligned": Kind("a token is not in the document", "give the tokens as they stand in the text"),
    "text-other": Kind("the text is not that of the corpus", "annotate the corpus' own text"),
    "label-dropped": Kind("nothing in the label scheme stands for the label", "name its scheme: --labels", "warning"),
    "label-coarse": Kind("the label does not mean the same here", "read its scores with that in mind", "warning"),
    "extra-missing": Kind("an optional dependency is not installed", "install the extra"),
    "endpoint-unusable": Kind(
        "the endpoint takes no request", "set OPENAI_BASE_URL and OPENAI_API_KEY, and check the model's name"
    ),
    "path-unsafe": Kind("the name or kind of file can lead elsewhere", "use plain folders and files"),
    "file-unlisted": Kind("the leaderboard has no place for this file", "remove it"),
    "file-too-large": Kind("the file is larger than a submission may be", "see `khabar docs leaderboard`, Limits"),
    "card-broken": Kind("the card is not TOML", "`khabar docs leaderboard` has a card to copy"),
    "card-markup": Kind("the card holds more than plain words", "write it in words"),
    "name-mixed": Kind("the name's letters pass for others'", "write it in one script, its own"),
    "name-taken": Kind("another system goes by this name", "choose another name"),
    "submission-exists": Kind("a submission of this name is there", "name it otherwise, or say --replace"),
    "submission-closed": Kind("the board of this corpus version takes no change", "restore its files"),
    "gold-submitted": Kind("gold itself stands on no board", "submit what a system says"),
    "result-impossible": Kind("no predictions give this figure", "run `khabar leaderboard build`"),
    "result-other-corpus": Kind(
        "the result is of another corpus", "score on the released one: `khabar leaderboard add`"
    ),
    "recording-drift": Kind(
        "the predictions are not those of the recording", "add the submission again from its recording"
    ),
    "result-drift": Kind("the figure is not what the predictions score", "run `khabar leaderboard build`"),
    "text-quoted": Kind(
        "predictions on articles that are kept without text hold words of them",
        "add it again with `khabar leaderboard add`, which keeps offsets and values",
    ),
    "board-stale": Kind("the board is not what the submissions make", "run `khabar leaderboard build`"),
    "layer-silent": Kind("nothing is predicted on a layer that the card does not name", "name the layers it speaks of"),
    "layer-near-gold": Kind(
        "a layer is nearer to gold than any two passes are to each other", "look whether gold was seen", "warning"
    ),
    "layer-perfect": Kind("a layer at 1.0 is as good as gold", "look whether gold was seen", "warning"),
    "server-unknown": Kind(
        "no Label Studio server is known", "run `khabar annotate serve`, or name a server in the environment"
    ),
    "server-failed": Kind("the Label Studio server does not do what is asked", "see what it says, and whether it runs"),
    "memory-short": Kind("memory ran out", "give less at once, or free memory"),
    "workers-unusable": Kind(
        "what should count the parts does not", "see `khabar docs scale`, and whether memory ran out"
    ),
    "environment-failed": Kind("Label Studio's environment cannot be made", "read what pip says"),
    "region-unknown": Kind("the page holds what its configuration does not", "remove it, or restore the project"),
    "part-loose": Kind("a part and its whole are not together", "relate the part to the one it belongs to"),
    "claim-unplaced": Kind(
        "a claim answers no question and is left out", "drag its card to an answer, or leave it", "warning"
    ),
    "row-unsayable": Kind("no page can show the row as it is", "mend the column"),
    "project-wrong": Kind("the project is not the one that was pushed", "restore it, or push to a new pass"),
    "task-wrong": Kind("the task is not the one that was pushed", "restore it, or delete it and push again"),
    "task-begun": Kind("changes in the page are not submitted", "press Submit or Update, or undo them", "warning"),
    "label-suspect": Kind(
        "the region may have got its label by a slip", "look at it: the key was perhaps for the next region", "warning"
    ),
    "gold-differs": Kind("gold reads it otherwise", "read the guidelines", "warning"),
    "pass-shrinks": Kind("the file holds what the server has not", "finish it there, or move the file away"),
}
"""All incident ids."""
