"""The description for machines: deterministic, checked, and read by mlcroissant with the rows pyarrow reads."""

from __future__ import annotations

import json
from pathlib import Path

import mlcroissant
import msgspec
import pytest

from khabar.corpus.build import build, check, write
from khabar.corpus.card import read_statement
from khabar.corpus.croissant import CROISSANT, croissant, record_set_name
from khabar.corpus.release import read_release
from khabar.corpus.tables import arrow_schema, read_split
from khabar.reading.files import sha256
from khabar.records import CONFIGS
from khabar.records.repository import CANARY, CHANGES, PLACES

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus"
SHARED = ROOT / "tests" / "incidents" / "shared"
SMALL = (SHARED / "seeds", SHARED / "gold")


@pytest.fixture(scope="module")
def loaded() -> mlcroissant.Dataset:
    return mlcroissant.Dataset(jsonld=str(CORPUS / CROISSANT))


def _plain(value: object) -> object:
    """What mlcroissant gives, with text for bytes, columns for full names, and null for objects of nulls."""
    if isinstance(value, dict):
        made = {key.rpartition("/")[2]: _plain(each) for key, each in value.items()}
        return made if any(each is not None for each in made.values()) else None
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.decode() if isinstance(value, bytes) else value


def test_mlcroissant_validates_it(loaded: mlcroissant.Dataset) -> None:
    issues = loaded.metadata.issues
    assert (issues.errors, issues.warnings) == (set(), set())
    assert loaded.metadata.version == read_release(CORPUS).version
    assert {record_set.id for record_set in loaded.metadata.record_sets} == {
        record_set_name(f"{config}/{split}.parquet") for config in CONFIGS for split in read_release(CORPUS).splits
    }


@pytest.mark.parametrize("config", CONFIGS)
def test_mlcroissant_loads_the_rows(config: str, loaded: mlcroissant.Dataset) -> None:
    """Every column, but for the spans within alternatives and the label's name, is what pyarrow reads."""
    found = [_plain(record) for record in loaded.records(config)]
    wanted = [msgspec.to_builtins(row) for row in read_split(CORPUS, "test")[config]]
    assert len(found) == len(wanted)
    columns = [name for name in arrow_schema(config).names if (config, name) != ("entities", "label")]
    for record, row in zip(found, wanted, strict=True):
        full = {name: row.get(name, _default(config, name)) for name in columns if name != "alternatives"}
        assert {name: record[name] for name in full} == json.loads(json.dumps(full))  # type: ignore[index]


def _default(config: str, name: str) -> object:
    return next(field.default for field in msgspec.structs.fields(CONFIGS[config]) if field.name == name)


def test_every_file_is_described_by_its_hash_and_every_column_by_a_field() -> None:
    described = json.loads((CORPUS / CROISSANT).read_bytes())
    files = {each["contentUrl"]: each["sha256"] for each in described["distribution"]}
    held = [*CORPUS.glob("*/*.parquet"), CORPUS / PLACES, CORPUS / CHANGES]
    assert files == {str(path.relative_to(CORPUS)): sha256(path.read_bytes()) for path in held}
    for each in described["recordSet"]:
        assert [field["name"] for field in each["field"]] == [
            f"{each['name']}/{c}" for c in arrow_schema(each["name"].partition("/")[0]).names
        ]
        assert all(field["description"].endswith(".") for field in each["field"])
    assert CANARY in described["description"]


def test_it_is_deterministic() -> None:
    made = [croissant(read_release(CORPUS), read_statement(ROOT / "annotations" / "gold")) for _ in range(2)]
    assert made == 2 * [(CORPUS / CROISSANT).read_bytes()]


def test_the_data_statement_stands_in_the_properties_of_responsible_ai(loaded: mlcroissant.Dataset) -> None:
    """Said once: the sections of the statement, as mlcroissant reads them."""
    metadata = loaded.metadata
    [uses], [protocol], [limits] = metadata.data_use_cases, metadata.data_annotation_protocol, metadata.data_limitations
    assert uses.startswith("Measuring systems that extract facts from Arabic news")
    assert "**Curation.**" in metadata.data_collection
    assert "no human review yet" in protocol
    assert "\n|" not in protocol
    assert limits.startswith("- **`test` is five articles")


def test_another_split_has_record_sets_of_its_own(tmp_path: Path) -> None:
    """One more split renames nothing."""
    write(build(*SMALL), tmp_path)
    data = mlcroissant.Dataset(jsonld=str(tmp_path / CROISSANT))
    assert {each.id for each in data.metadata.record_sets} == {*CONFIGS, *(f"{name}/floods" for name in CONFIGS)}
    assert [_plain(each)["doc_id"] for each in data.records("documents/floods")] == ["003_derna"]  # type: ignore[index]
    assert record_set_name("quotes/test.parquet") == "quotes"


def test_a_release_without_text_is_described_too(tmp_path: Path) -> None:
    write(build(*SMALL, "none"), tmp_path)
    data = mlcroissant.Dataset(jsonld=str(tmp_path / CROISSANT))
    assert not data.metadata.issues.errors
    assert "no text" in str(data.metadata.description)
    assert {_plain(each)["text"] for each in data.records("documents")} == {None}  # type: ignore[index]


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ((CANARY, ""), "the canary is missing"),
        (('"sha256": "', '"sha256": "0'), "does not describe documents/floods.parquet"),
        (('"distribution"', '"files"'), "lists no files"),
        (("{", "", 1), "lists no files"),
        (('"inLanguage": "ar"', '"inLanguage": "fa"'), "differs from what is built"),
    ],
)
def test_check_notices_a_changed_description(edit: tuple[str, ...], says: str, tmp_path: Path) -> None:
    write(build(*SMALL), tmp_path)
    (tmp_path / CROISSANT).write_text((tmp_path / CROISSANT).read_text("utf-8").replace(*edit), "utf-8")
    found = check(tmp_path, SMALL)
    assert {Path(each.file or "").name for each in found} == {CROISSANT}
    assert says in found[0].message


def test_check_misses_the_description(tmp_path: Path) -> None:
    write(build(*SMALL), tmp_path)
    (tmp_path / CROISSANT).unlink()
    assert [each.id for each in check(tmp_path, None)] == ["corpus-changed"]
