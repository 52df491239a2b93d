"""Putting a release on the Hugging Face Hub, a tag a data version, or into a local folder as a rehearsal of that.

On the Hub, `load_dataset(REPOSITORY, CONFIG, revision="1.0.0")` pins the tag. A tag is never moved: a version that is
there with other content is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from khabar.corpus.build import check
from khabar.corpus.card import CARD
from khabar.corpus.croissant import CROISSANT
from khabar.corpus.release import RELEASE, read_release
from khabar.reading.files import remove_parts, write_all
from khabar.reading.incidents import Incident, InputError, said_by


@dataclass(frozen=True, slots=True)
class Upload:
    """What goes up: the tag (the data version) and each file of the release by its path."""

    tag: str
    files: Mapping[str, Path]


def plan(folder: Path) -> Upload:
    """List the files of a sound release. Raises InputError with everything `khabar corpus check` finds."""
    release = read_release(folder)
    if incidents := check(folder, None):
        raise InputError(incidents)
    names = [CARD, RELEASE, CROISSANT, *(file.path for file in release.listed)]
    return Upload(release.version, {name: folder / name for name in sorted(names)})


def rehearse(upload: Upload, target: Path) -> bool:
    """Write what the Hub would show at the tag to `target`/tag. False if it stands there already. Raises InputError.

    What was killed before all of it stood there is finished.
    """
    there = target / upload.tag
    remove_parts(there)
    contents = {name: path.read_bytes() for name, path in upload.files.items()}
    held = {str(path.relative_to(there)): path.read_bytes() for path in there.rglob("*") if path.is_file()}
    if held == contents:
        return False
    if any(contents.get(name) != data for name, data in held.items()):
        differing = [name for name in sorted({*contents, *held}) if contents.get(name) != held.get(name)]
        raise InputError([_taken(upload.tag, str(there), differing)])
    write_all({there / name: data for name, data in contents.items()})
    return True


def publish(upload: Upload, repository: str) -> bool:
    """Commit the files to a dataset repository of the Hub and tag the commit. False if the tag is there already.

    The token is huggingface_hub's own (`HF_TOKEN`, or `hf auth login`). Raises InputError if the tag holds other
    content, or if the Hub says no.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalTokenNotFoundError

    # The bases of the Hub's error are those of the HTTP library it uses, which has changed between its versions.
    bases = cast(tuple[type[Exception], ...], HfHubHTTPError.__bases__)
    refusals: tuple[type[Exception], ...] = (*bases, HFValidationError, LocalTokenNotFoundError)
    api = HfApi(library_name="khabar")
    try:
        api.create_repo(repository, repo_type="dataset", exist_ok=True)
        tags = {tag.name for tag in api.list_repo_refs(repository, repo_type="dataset").tags}
        if upload.tag in tags:
            path = api.hf_hub_download(repository, RELEASE, repo_type="dataset", revision=upload.tag)
            if Path(path).read_bytes() == upload.files[RELEASE].read_bytes():
                return False
            raise InputError([_taken(upload.tag, repository, [RELEASE])])
        names = {*upload.files, ".gitattributes"}
        stale = [name for name in api.list_repo_files(repository, repo_type="dataset") if name not in names]
        commit = api.create_commit(
            repository,
            [
                *(CommitOperationAdd(name, path) for name, path in upload.files.items()),
                *(CommitOperationDelete(name) for name in stale),
            ],
            commit_message=f"khabar {upload.tag}",
            repo_type="dataset",
        )
        api.create_tag(repository, tag=upload.tag, revision=commit.oid, repo_type="dataset")
    except refusals as error:
        fix = "set HF_TOKEN to a token that may write there, and check the repository's name and the connection"
        raise InputError.of("upload-refused", said_by(error), repository, fix=fix) from None
    return True


def _taken(tag: str, where: str, names: list[str]) -> Incident:
    message = f"version {tag} is there with other content: {', '.join(names)}"
    return Incident("upload-refused", message, where, fix="give the data a version of its own; a tag is never moved")
