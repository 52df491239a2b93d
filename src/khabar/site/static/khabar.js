// What pages do beyond being read: tables that sort, and a filter of slices. Without this file all of it is there to read.
"use strict";

// Tables: each heading that can sort becomes a button. A cell's data-v is what it sorts by; empty ones go last.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.querySelectorAll("thead th")];
  for (const head of heads) {
    if (!head.dataset.sort) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const [first, second] = head.dataset.sort === "number" ? ["descending", "ascending"] : ["ascending", "descending"];
      sort(table, head, head.getAttribute("aria-sort") === first ? second : first);
    });
  }
}

function sort(table, head, order) {
  const numbers = head.dataset.sort === "number";
  const sign = order === "ascending" ? 1 : -1;
  const value = (row) => row.cells[head.cellIndex].dataset.v ?? "";
  const rows = [...table.tBodies[0].rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === "" || y === "") return (x === "") - (y === "");
    return sign * (numbers ? x - y : x.localeCompare(y));
  });
  for (const each of head.parentElement.cells) each.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", order);
  table.tBodies[0].append(...rows);
  announce(head);
}

function announce(head) {
  const status = document.querySelector(".sorted");
  if (status) status.textContent = `${head.textContent} ${head.getAttribute("aria-sort") === "ascending" ? "▲" : "▼"}`;
}

// The board: one split and one layer at a time, sorted by figure or by name. The address holds all three.
const boards = document.querySelector(".boards");
if (boards) {
  const parts = [...boards.querySelectorAll("[data-split]:not(a)")];
  const links = [...boards.querySelectorAll("a[data-split]")];
  const splits = parts.filter((each) => each.matches(".board-of")).map((each) => each.dataset.split);
  const state = () => {
    const said = new URLSearchParams(location.hash.slice(1));
    const split = splits.includes(said.get("split")) ? said.get("split") : splits[0];
    const there = [...boards.querySelectorAll(`.panel[data-split="${split}"]`)].map((each) => each.dataset.layer);
    const layer = there.includes(said.get("layer")) ? said.get("layer") : there[0];
    return { split, layer, sort: said.get("sort") === "name" ? "name" : "value" };
  };
  const address = (change) => `#${new URLSearchParams({ ...state(), ...change })}`;
  const show = () => {
    const { split, layer, sort } = state();
    for (const each of parts) {
      each.hidden = each.dataset.split !== split || (each.dataset.layer !== undefined && each.dataset.layer !== layer);
    }
    for (const each of links) {
      const current = each.dataset.split === split && (each.dataset.layer ?? layer) === layer;
      each.toggleAttribute("aria-current", false);
      if (current) each.setAttribute("aria-current", "true");
      each.href = each.dataset.layer ? address({ split: each.dataset.split, layer: each.dataset.layer }) : address({ split: each.dataset.split });
    }
    const panel = boards.querySelector(`.panel[data-split="${split}"][data-layer="${layer}"]`);
    for (const body of panel?.querySelectorAll("tbody") ?? []) {
      const rows = [...body.rows].filter((row) => row.dataset.value !== undefined);
      rows.sort((a, b) => (sort === "name" ? a.dataset.name.localeCompare(b.dataset.name) : b.dataset.value - a.dataset.value));
      body.append(...rows);
    }
    for (const head of panel?.querySelectorAll("th[data-sort]") ?? []) {
      const order = head.dataset.sort === "name" ? "ascending" : "descending";
      head.setAttribute("aria-sort", head.dataset.sort === sort ? order : "none");
      if (head.dataset.sort === sort) announce(head);
    }
  };
  for (const head of boards.querySelectorAll(".ranking th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => location.replace(address({ sort: head.dataset.sort })));
  }
  addEventListener("hashchange", show);
  show();
}

// The other language opens at the same place.
const other = document.querySelector(".switch a");
if (other) {
  const plain = other.getAttribute("href");
  const follow = () => other.setAttribute("href", plain + location.hash);
  addEventListener("hashchange", follow);
  follow();
}

// A link into a closed part opens it.
function open() {
  let part = null;
  try {
    part = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return; // not a name any page has
  }
  for (let each = part; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
}
addEventListener("hashchange", open);
open();
