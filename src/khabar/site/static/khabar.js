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
  if (table.matches(".main")) rerank(table, head);
}

// The board's rank follows the column it is sorted by.
function rerank(table, head) {
  if (head.dataset.column) {
    for (const row of table.tBodies[0].rows) {
      const data = row.cells[head.cellIndex].dataset;
      const rank = document.createElement("bdi");
      rank.textContent = data.rank ?? "–";
      if (data.range) {
        const range = document.createElement("span");
        range.className = "range";
        range.textContent = data.range;
        rank.append(" ", range);
      }
      row.cells[0].replaceChildren(rank);
    }
  }
  const status = document.querySelector(".sorted");
  if (status) status.textContent = `${head.textContent} ${head.getAttribute("aria-sort") === "ascending" ? "▲" : "▼"}`;
}

// The board of one layer: who speaks of it, best first.
const layers = document.querySelector("form.layers");
if (layers) {
  const table = document.querySelector("table.main");
  const { only } = layers.elements;
  only.addEventListener("change", () => {
    const head = table.querySelector(`th[data-column="${only.value}"]`);
    sort(table, head, "descending");
    for (const row of table.tBodies[0].rows) {
      row.hidden = only.value !== "overall" && row.cells[head.cellIndex].dataset.v === "";
    }
  });
  layers.addEventListener("submit", (event) => event.preventDefault());
  layers.hidden = false;
}

// Slices: one at a time, chosen by layer and slice.
const slices = document.querySelector(".slices");
if (slices) {
  const form = slices.querySelector("form");
  const sections = [...slices.querySelectorAll(".slice")];
  const { layer, slice } = form.elements;
  const show = () => {
    for (const each of sections) each.hidden = each.dataset.layer !== layer.value || each.dataset.slice !== slice.value;
  };
  const fill = () => {
    const mine = sections.filter((each) => each.dataset.layer === layer.value);
    slice.replaceChildren(...mine.map((each) => new Option(each.dataset.name, each.dataset.slice)));
    show();
  };
  layer.addEventListener("change", fill);
  slice.addEventListener("change", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  slices.classList.add("filtered");
  fill();
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
