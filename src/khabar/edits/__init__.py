"""Edits of stories: real texts changed a little, with everything annotated in them carried along."""

from khabar.edits.application import apply, edited_text
from khabar.edits.changes import compose, difference, inverse, read_changes, variants, without_surfaces, write_changes
from khabar.edits.story import Story, read_story, renamed, story_of
