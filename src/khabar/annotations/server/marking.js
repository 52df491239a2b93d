// How regions are marked in the pages of `khabar annotate serve`: a guard against slips, and one motion for what
// belongs together.
//
// Guard. Label Studio gives a label's key to the region that is selected, and selects a region as soon as it is drawn.
// Then the key for the next region silently relabels the one before. Here a region that was just drawn keeps its label:
// a label's key, or a click on a label, lets go of it first. A region that somebody selected takes the new label, and
// the page says so and offers to take it back.
//
// Motion. The label stays, so that a run of regions takes one key; after a quote's content comes its cue, then its
// speaker, then the next content; a drag inside what was just drawn is its inner part. A part is related to the whole
// that was drawn or picked last, as Label Studio relates it: an arrow shows, and Ctrl+Z takes both back. A label's key
// overrules the motion once, Esc lets go of it.
(() => {
  "use strict";

  const TEXT = ".lsf-htx-richtext";
  const LABEL = ".lsf-label";
  const KEY = ".lsf-label__hotkey";
  const NUMBERS = ["count", "measure", "money", "percent", "ratio", "ordinal", "date", "duration", "set", "ident"];
  /** Label of a part → labels of what it is related to when it is drawn. */
  const WHOLES = {
    core: NUMBERS, modifier: NUMBERS, anchor: ["claim"],
    cue: ["content"], speaker: ["content"], marked: ["content"], alternative: ["content"],
    piece: ["content", "alternative"],
  };
  /** Label of a whole → that of a drag inside it, and whether it can have only one such part. */
  const INNER = { claim: ["anchor", true], content: ["marked", false] };
  for (const kind of NUMBERS) INNER[kind] = ["core", true];
  const NEXT = { content: "cue", cue: "speaker", speaker: "content" };

  let drawn = ""; // the region drawn last, as long as it stays selected
  let whole = ""; // the region whose parts are drawn now
  let continued = ""; // the content or alternative that a piece continues
  let next = ""; // the label of the next drag
  let isChosen = false; // somebody chose a label for it
  let before = new Set(); // the regions when the mouse was pressed
  let relations = 0; // and how many relations

  const { annotation, regions, repeat } = khabar;
  const palette = () => annotation()?.names.get("label");
  const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable=true]");
  const isLabelKey = (event) =>
    !event.ctrlKey && !event.altKey && !event.metaKey &&
    [...document.querySelectorAll(KEY)].some((shown) => shown.textContent.trim().toLowerCase() === event.key.toLowerCase());

  /** See what is selected: whatever somebody picked is no longer just drawn, and new parts belong to it. */
  function look() {
    const [selected, ...more] = annotation()?.selectedRegions ?? [];
    if (selected && !more.length && selected.id === drawn) return;
    drawn = "";
    if (!selected) return;
    continued = selected.id;
    whole = selected.labelName in WHOLES ? "" : selected.id;
    next = selected.labelName;
  }

  /** Take a label for the next drag: from what was picked it goes to that, from what was drawn it lets go. */
  function choose() {
    if (drawn || !annotation()?.selectedRegions.length) annotation()?.unselectAll();
    drawn = "";
    isChosen = true;
    tellChange();
  }

  /** Make a label that of the next drag; the selected region keeps its own. */
  function activate(label) {
    palette()?.unselectAll();
    palette()?.findLabel(label)?.setSelected(true);
  }

  /** Whether the letters that are swept lie inside the whole, which can have them as its inner part. */
  function isInner(root) {
    const swept = getSelection();
    const area = annotation()?.areas.get(whole);
    if (!area?._spans?.length || !swept.rangeCount || swept.isCollapsed || !(area.labelName in INNER)) return false;
    const [part, isOnly] = INNER[area.labelName];
    const related = annotation().relationStore.findRelations(area);
    if (isOnly && related.some(({ node1, node2 }) => [node1, node2].some((end) => end.labelName === part))) return false;
    const around = document.createRange();
    around.setStartBefore(area._spans[0]);
    around.setEndAfter(area._spans.at(-1));
    const [outer, inner] = [around, swept.getRangeAt(0)].map((range) => lettersOf(range, root));
    return outer.start <= inner.start && inner.end <= outer.end && inner.end - inner.start < outer.end - outer.start;
  }

  /** Where a range begins and ends, in letters of the text. */
  function lettersOf(range, root) {
    const before = document.createRange();
    before.setStart(root, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const start = before.toString().length;
    return { start, end: start + range.toString().length };
  }

  /** Relate a region that was just drawn, select it, and make ready for the next drag. */
  function goOn(region) {
    const label = region.labelName;
    const area = annotation().areas.get(label === "piece" ? continued : whole);
    if (WHOLES[label]?.includes(area?.labelName)) {
      annotation().history.setReplaceNextUndoState(true);
      annotation().relationStore.addRelation(area, region);
    }
    if (!(label in WHOLES)) whole = region.id;
    if (WHOLES.piece.includes(label)) continued = region.id;
    annotation().selectArea(region);
    region.detachHandles(); // a drag from its first letter begins a part of it
    drawn = region.id;
    relations = annotation().relationStore.size;
    advance(label);
  }

  function advance(label) {
    next = NEXT[label] ?? (next && label in WHOLES ? next : label);
    isChosen = false;
    setTimeout(() => activate(next), 0); // after the page has shown the label of what is selected
  }

  repeat(look);
  addEventListener("mousedown", (event) => {
    // Words that somebody selected before there was a label would be dragged along, and nothing marked.
    if (event.target.closest?.(TEXT) && !event.shiftKey) getSelection().removeAllRanges();
    look();
    before = new Set(regions().map((region) => region.id));
    relations = annotation()?.relationStore?.size ?? 0;
  }, true);
  addEventListener("mouseup", (event) => {
    const root = event.target.closest?.(TEXT);
    if (!root || isChosen || !palette()?.isSelected) return;
    if (isInner(root)) activate(INNER[annotation().areas.get(whole).labelName][0]);
  }, true);
  addEventListener("mouseup", () => {
    const [region, ...more] = regions().filter(({ id }) => !before.has(id));
    if (region && !more.length && palette()) goOn(region);
  });
  addEventListener("keydown", (event) => {
    look();
    if (isTyping(event.target)) return;
    if (event.key === "Escape") whole = continued = next = "";
    if (isLabelKey(event)) choose();
    if (event.key === "Tab" && !event.shiftKey) goToFields(event);
  }, true);
  addEventListener("click", (event) => {
    if (event.isTrusted && event.target.closest?.(LABEL)) choose();
    setTimeout(followRelation, 0); // Label Studio lets no click on a region through
  }, true);

  /** A part that was related by hand is as one that was drawn. */
  function followRelation() {
    const { relations: all = [] } = annotation()?.relationStore ?? {};
    if (all.length <= relations) return;
    relations = all.length;
    const part = [all.at(-1).node1, all.at(-1).node2].find((end) => end.labelName in WHOLES);
    if (part) advance(part.labelName);
  }

  /** Tab goes to the first field of the selected region, and from there, as anywhere, to the next. */
  function goToFields(event) {
    const fields = [...document.querySelectorAll(".khabar-field :is(input[type=text], textarea)")];
    const first = fields.find((field) => field.offsetParent);
    if (!annotation()?.selectedRegions.length || !first) return;
    event.preventDefault();
    first.focus();
  }

  /** Say which region gets another label from what is about to happen, and how to take it back. */
  function tellChange() {
    const labels = new Map(regions().map((region) => [region.id, region.labelName ?? ""]));
    setTimeout(() => {
      for (const region of regions()) {
        const was = labels.get(region.id);
        const now = region.labelName ?? "";
        if (was && now && was !== now) showChange(region, was, now);
      }
    }, 0);
  }

  function showChange(region, was, now) {
    document.getElementById("khabar-change")?.remove();
    const box = document.createElement("div");
    box.id = "khabar-change";
    box.dir = "auto";
    box.setAttribute("role", "status");
    box.style.cssText =
      "position:fixed;inset-block-end:16px;inset-inline-start:50%;translate:-50%;z-index:9999;padding:8px 14px;" +
      "background:#fff3bf;border:1px solid #f08c00;border-radius:6px;font:15px/1.6 'Noto Naskh Arabic',Tahoma,sans-serif";
    const words = document.createElement("span");
    words.textContent = `«${region.text}» ${was} → ${now} `;
    const back = document.createElement("button");
    back.type = "button";
    back.textContent = `تراجع · back to ${was}`;
    back.style.cssText = "margin-inline-start:10px;text-decoration:underline;cursor:pointer";
    back.addEventListener("click", () => {
      annotation().selectArea(region);
      [...document.querySelectorAll(LABEL)].find((label) => labelOf(label) === was)?.click();
      annotation().unselectAll();
      box.remove();
    });
    box.append(words, back);
    document.body.append(box);
    setTimeout(() => box.remove(), 15000);
  }

  const labelOf = (shown) => shown.querySelector("small")?.textContent.trim() ?? shown.textContent.trim();
})();
