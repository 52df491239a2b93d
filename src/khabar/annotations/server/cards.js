// What `khabar annotate serve` adds to the page of a question: a search among the cards that are in no pile, and keys.
//
// Label Studio has keys of its own (Tab to a card, space, arrows, space), but a card is some two hundred Tabs away. Here
// `/` goes to the search, and Enter or an arrow from there to the cards. With a card in focus, arrows go to the next one,
// and the letter of a pile puts it there. `q` goes to the question, in Arabic first, then in English. Keys count by their
// place on the keyboard, whatever alphabet it writes.
(() => {
  "use strict";

  const LOOSE = "_";
  const CARD = ".htx-ranker-item";
  const QUESTION = "input:is([name=question_ar], [name=question])";
  const TO_LOOSE = ["Digit0", "Numpad0", "Backspace", "Delete"];

  const ranker = () => khabar.annotation()?.names?.get("positions");
  const pile = (name) => document.querySelector(`[data-rbd-droppable-id="${name}"]`);
  const cardsIn = (column) => [...(column?.querySelectorAll(CARD) ?? [])];
  const shownIn = (column) => cardsIn(column).filter((card) => card.offsetParent !== null);
  const isLifted = (card) => card.style.position === "fixed";

  const box = document.createElement("div");
  box.id = "khabar-search";
  const field = Object.assign(document.createElement("input"), {
    type: "search",
    dir: "auto",
    placeholder: "ابحث في الدعاوى · search ( / )",
  });
  field.setAttribute("aria-label", field.placeholder);
  field.style.cssText = "width:100%;padding:2px 8px;background:#fff;border:1px solid #ced4da;border-radius:4px;font-size:14px";
  const count = Object.assign(document.createElement("small"), { dir: "ltr" });
  count.setAttribute("role", "status");
  const hiding = document.createElement("style");
  box.append(field, count, hiding);

  /** Words as they are compared: one alef, ya and taa marbuta, one shape of digits; no marks, tatweel or format characters. */
  function folded(words) {
    return words.normalize("NFKD").replace(/[\p{M}\p{Cf}\u0640]/gu, "").replace(/ٱ/gu, "ا").replace(/[ىیے]/gu, "ي")
      .replace(/ة/gu, "ه").replace(/[٠-٩]/gu, (digit) => String(digit.charCodeAt(0) - 0x660)).toLowerCase();
  }

  function say(element, words) {
    if (element.textContent !== words) element.textContent = words;
  }

  const wordsOf = (card) =>
    folded([...card.querySelectorAll("h5, .khabar-said, bdi")].map((part) => part.textContent).join(" "));

  /** Show of the cards in no pile those that hold all words of the search. A style hides the rest: the page keeps them all. */
  function search() {
    const words = folded(field.value).split(/\s+/u).filter(Boolean);
    const cards = cardsIn(pile(LOOSE));
    const other = words.length ? cards.filter((card) => !words.every((word) => wordsOf(card).includes(word))) : [];
    const selectors = other.map((card) => `[data-rbd-droppable-id="${LOOSE}"] [data-ranker-id="${CSS.escape(card.dataset.rankerId)}"]`);
    say(hiding, other.length ? `${selectors.join()} { display: none }` : "");
    say(count, words.length ? `${cards.length - other.length} / ${cards.length}` : "");
  }

  field.addEventListener("input", search);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (!field.value) field.blur();
      field.value = "";
      search();
    } else if (["Enter", "ArrowDown"].includes(event.key)) {
      shownIn(pile(LOOSE))[0]?.focus();
    } else {
      return;
    }
    event.preventDefault();
  });

  /** Put a card into a pile, as a drag does, and go on to the card that followed it. */
  function place(card, name) {
    const given = ranker();
    const column = card.closest("[data-rbd-droppable-id]");
    const from = column.dataset.rbdDroppableId;
    if (from === name || given.isReadOnly()) return;
    const cards = shownIn(column);
    const turn = cards.indexOf(card);
    const next = (cards[turn + 1] ?? cards[turn - 1])?.dataset.rankerId;
    const key = card.dataset.rankerId;
    const piles = given.dataSource.itemIds;
    given.updateResult({ ...piles, [from]: piles[from].filter((each) => each !== key), [name]: [...piles[name], key] });
    requestAnimationFrame(() => requestAnimationFrame(() => {
      search();
      (column.querySelector(`[data-ranker-id="${CSS.escape(next ?? "")}"]`) ?? field).focus();
    }));
  }

  addEventListener("keydown", (event) => {
    const card = event.target.closest?.(CARD);
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable=true]");
    if (!box.isConnected || event.ctrlKey || event.altKey || event.metaKey || isTyping) return;
    const letter = event.code.replace(/^Key/u, "");
    const name = TO_LOOSE.includes(event.code) ? LOOSE : letter;
    if (event.code === "Slash") {
      field.focus();
      field.select();
    } else if (event.code === "KeyQ" && document.querySelector(QUESTION)) {
      document.querySelector(QUESTION).focus();
    } else if (!card || card !== event.target || isLifted(card)) {
      return;
    } else if (["ArrowDown", "ArrowUp"].includes(event.key)) {
      const cards = shownIn(card.closest("[data-rbd-droppable-id]"));
      (cards[cards.indexOf(card) + (event.key === "ArrowDown" ? 1 : -1)] ?? field).focus();
    } else if (name !== event.code && pile(name) && ranker()) {
      place(card, name);
    } else {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  // What is asked in Arabic is asked in English next: the field of what was entered is gone by then.
  addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.("input[name=question_ar]")) return;
    setTimeout(() => document.querySelector(QUESTION)?.focus(), 100);
  }, true);

  // The search stands above the cards; what was looked for in a task is not looked for in the next.
  let task;
  khabar.repeat(() => {
    const loose = pile(LOOSE);
    if (!loose || !ranker()) return;
    if (box.nextElementSibling !== loose) loose.before(box);
    if (task !== window.Htx.task?.id) field.value = "";
    task = window.Htx.task?.id;
    search();
  });
})();
