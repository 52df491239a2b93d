"""What is to be mended is said where the work is: in Label Studio's page after Submit, beside it, and by `check`."""

from __future__ import annotations

import json

import httpx
import pytest
from playwright.sync_api import expect

from khabar.annotations.label_studio.configuration import QUESTIONS
from tests.annotations.browser.one_article import Round
from tests.annotations.browser.page import annotator

pytestmark = pytest.mark.slow
SELECTED = "Htx.annotationStore.selected.selectedRegions.map((each) => each.text)"


def test_notes_after_submit_lead_to_the_region_and_go_once_it_is_mended(opened: Round) -> None:
    with annotator(opened.server) as who:
        page = who.page
        who.open(*opened.place("quotes"))
        who.drag("1", "ريّاضِ")
        page.keyboard.press("Escape")
        who.submit()
        notes = page.frame_locator("#khabar-notes iframe").locator("main")
        expect(notes).to_contain_text("content 'ريّاضِ': speaker is missing")
        notes.get_by_role("link").click()
        page.wait_for_function(f"{SELECTED}.includes('ريّاضِ')")  # a click in the list would let go of it
        who.fill("القائل · speaker", "سلمى")
        pending = page.locator("#khabar-pending")
        expect(pending).to_be_visible()
        who.submit()
        expect(pending).to_be_hidden()
        expect(notes).to_contain_text("nothing to mend")
        assert who.hosts == {"127.0.0.1"}
    said = [row for row in opened.pull() if row["layer"] == "quotes"]
    assert [row["speaker"] for row in said if row["content"][0]["text"] == "ريّاضِ"] == ["salma"]


def test_notes_on_a_task_are_there_when_the_next_one_has_come(opened: Round) -> None:
    """Label Studio opens the next task as soon as one is submitted. That nothing is to be mended in one is not said then,
    and no update is said to be missing where none is left."""
    client = opened.server.connection.client()
    for key in ("true_report", "s-another-1"):
        project, task = opened.place(QUESTIONS, key)
        for answer in client.annotations.list(id=task):
            client.annotations.delete(id=answer.id)
    with annotator(opened.server) as who:
        page = who.page
        page.goto(f"{who.url}/projects/{project}/data?labeling=1")
        page.wait_for_function("window.Htx?.task?.dataObj?.key == 'true_report'")
        page.get_by_role("button", name="Close modal").click()  # the instructions
        who.press("4", page.locator(".khabar-status :checked"))
        who.submit()
        page.wait_for_function("Htx.task.dataObj.key == 's-another-1'")
        notes = page.frame_locator("#khabar-notes iframe").locator("main")
        expect(notes).to_contain_text("true_report")
        expect(notes).to_contain_text("question_ar is missing")
        who.submit()
        expect(page.get_by_text("No More Tasks")).to_be_visible()
        expect(notes).to_contain_text("s-another-1")
        expect(page.locator("#khabar-pending")).to_be_hidden()


def test_the_page_beside_lists_what_was_submitted_and_opens_the_region(opened: Round) -> None:
    with annotator(opened.server) as who:
        page = who.page
        who.open(*opened.place("numbers"), is_empty=True)
        who.drag("7", "سيُفتح")
        who.fill("محلولًا", "next year")
        page.keyboard.press("Escape")
        who.submit()
        page.goto(opened.server.notes)
        noted = page.locator("section").filter(has_text="edtf is 'next year'")
        expect(noted).to_contain_text("numbers")
        page.goto(noted.get_by_role("link").get_attribute("href") or "")
        page.wait_for_function(f"window.Htx && window.Htx.annotationStore?.selected && {SELECTED}.includes('سيُفتح')")


def test_a_link_selects_its_region_for_whoever_opens_the_project_for_the_first_time(opened: Round) -> None:
    """Label Studio loads the task twice then."""
    project, task = opened.place("entities")
    with annotator(opened.server) as who:
        page = who.page
        page.goto(f"{who.url}/projects/{project}/data?task={task}&region=khabar-row-d-e2")
        page.wait_for_url("**tab=*")
        page.wait_for_load_state("networkidle")
        expect(page.locator(".htx-highlight.__active")).to_have_text("بوتين")


def test_the_address_of_the_notes_is_a_secret(opened: Round) -> None:
    """The notes quote the texts: who does not know the address sees none, and makes none."""
    host = opened.server.notes.rpartition("/")[0]
    for wrong in (host, f"{host}/", f"{host}/{'a' * 22}"):
        assert httpx.get(wrong, trust_env=False).status_code == 404
        assert httpx.post(wrong, json={"task": 1}, trust_env=False).status_code == 404
    assert httpx.get(opened.server.notes, trust_env=False).status_code == 200
    login = httpx.get(f"{opened.server.connection.url}/user/login/", trust_env=False)
    assert opened.server.notes not in login.text, "whoever is not logged in is not told"


def test_check_at_any_time(opened: Round) -> None:
    """Errors with links, and what was begun and not submitted; nothing is written."""
    said = json.loads(opened.khabar("annotate", "check", "page", opened.name, "--json"))
    assert said == {"valid": True, "incidents": []}
    with annotator(opened.server) as who:
        who.open(*opened.place("quotes"))
        with who.page.expect_response(lambda answer: "/drafts" in answer.url and answer.ok):
            who.drag("1", "ريّاضِ")
        said = json.loads(opened.khabar("annotate", "check", "page", opened.name, "--json"))
        assert [(each["id"], each["level"]) for each in said["incidents"]] == [("task-begun", "warning")]
        who.submit()
    said = json.loads(opened.khabar("annotate", "check", "page", opened.name, "--json", code=1))
    (incident,) = said["incidents"]
    assert (incident["id"], incident["doc_id"], incident["offset"]) == ("value-wrong", "d", 25)
    assert "&region=" in incident["file"]
    assert not (opened.folder / "annotations").exists()
