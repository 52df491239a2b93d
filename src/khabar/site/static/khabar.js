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

// The board: one split and one layer at a time, sorted by figure or by name, of all systems or some. The address says
// which: #news-numbers&sort=name&q=digits.
const boards = document.querySelector(".boards");
if (boards) {
  const parts = [...boards.querySelectorAll("[data-split]:not(a)")];
  const links = [...boards.querySelectorAll("a[data-split]")];
  const splits = parts.filter((each) => each.matches(".board-of")).map((each) => each.dataset.split);
  const { q } = boards.querySelector("form.filter").elements;
  const state = () => {
    const [place, ...rest] = location.hash.slice(1).split("&");
    const said = new URLSearchParams(rest.join("&"));
    const [named, column] = place.split("-");
    const split = splits.includes(named) ? named : splits[0];
    const panels = [...boards.querySelectorAll(`.panel[data-split="${split}"]`)];
    const systems = (panel) => panel.querySelectorAll("tr[data-value]").length;
    const there = [...panels].sort((a, b) => systems(b) - systems(a)).map((each) => each.dataset.layer);
    const layer = there.includes(column) ? column : there[0];
    return { split, layer, sort: said.get("sort") === "name" ? "name" : "value", q: said.get("q") ?? "" };
  };
  const address = (change) => {
    const { split, layer, ...rest } = { ...state(), ...change };
    const said = new URLSearchParams(Object.entries(rest).filter(([key, value]) => value && value !== "value"));
    return `#${split}-${layer}${said.size ? "&" : ""}${said}`;
  };
  const show = () => {
    const { split, layer, sort, q: words } = state();
    for (const each of parts) {
      each.hidden = each.dataset.split !== split || (each.dataset.layer !== undefined && each.dataset.layer !== layer);
    }
    for (const each of links) {
      const current = each.dataset.split === split && (each.dataset.layer ?? layer) === layer;
      if (current) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
    if (q.value !== words) q.value = words;
    const panel = boards.querySelector(`.panel[data-split="${split}"][data-layer="${layer}"]`);
    for (const body of panel?.querySelectorAll("tbody") ?? []) {
      const rows = [...body.rows].filter((row) => row.dataset.value !== undefined);
      rows.sort((a, b) => (sort === "name" ? a.dataset.name.localeCompare(b.dataset.name) : b.dataset.value - a.dataset.value));
      for (const row of rows) row.hidden = !row.dataset.name.toLowerCase().includes(words.toLowerCase());
      body.append(...rows);
    }
    for (const head of panel?.querySelectorAll("th[data-sort]") ?? []) {
      const order = head.dataset.sort === "name" ? "ascending" : "descending";
      head.setAttribute("aria-sort", head.dataset.sort === sort ? order : "none");
    }
  };
  const go = (change) => {
    history.pushState(null, "", address(change));
    show();
    follow();
  };
  for (const each of links) {
    each.addEventListener("click", (event) => {
      event.preventDefault();
      const { split, layer } = each.dataset;
      go(layer ? { split, layer } : { split });
    });
  }
  for (const head of boards.querySelectorAll(".ranking th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      go({ sort: head.dataset.sort });
      announce(head);
    });
  }
  q.form.hidden = false;
  q.form.addEventListener("submit", (event) => event.preventDefault());
  q.addEventListener("input", () => {
    history.replaceState(null, "", address({ q: q.value }));
    show();
    follow();
  });
  addEventListener("hashchange", show);
  addEventListener("popstate", show);
  show();
}

// The other language opens at the same place.
function follow() {
  const other = document.querySelector(".switch a");
  if (other) other.setAttribute("href", other.getAttribute("href").split("#")[0] + location.hash);
}
addEventListener("hashchange", follow);
addEventListener("popstate", follow);
follow();

// The story's questions, searched.
const questions = document.querySelector("form.matrix-filter");
if (questions) {
  const { q } = questions.elements;
  const rows = [...document.querySelectorAll(".matrix .asked")];
  q.addEventListener("input", () => {
    const words = q.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(words);
  });
  questions.querySelector(".scripted").hidden = false;
  questions.addEventListener("submit", (event) => event.preventDefault());
}

// The reader of differences: errors of one cause or all, walked through by j and k.
const controls = document.querySelector("form.controls");
if (controls) {
  const faults = [...document.querySelectorAll(".text .fault")];
  const { cause, before, after } = controls.elements;
  const counter = controls.querySelector(".counter");
  const shown = () => faults.filter((each) => !each.hidden && getComputedStyle(each).display !== "none");
  const count = () => {
    const those = shown();
    const at = those.findIndex((each) => each.matches(":target"));
    counter.textContent = those.length ? `${at < 0 ? "–" : at + 1} / ${those.length}` : "0";
  };
  const walk = (step) => {
    const those = shown();
    if (!those.length) return;
    const at = those.findIndex((each) => each.matches(":target"));
    const next = at < 0 ? (step > 0 ? 0 : those.length - 1) : (at + step + those.length) % those.length;
    location.hash = those[next].id;
  };
  const filter = () => {
    const off = new Set();
    for (const each of faults) {
      each.hidden = cause.value !== "" && cause.value !== `${each.dataset.layer} ${each.dataset.cause}`;
      if (each.hidden) off.add(each.id.replace("err-", ""));
    }
    for (const mark of document.querySelectorAll(".text .d[data-n]")) mark.classList.toggle("off", off.has(mark.dataset.n));
    for (const ref of document.querySelectorAll(".text .ref")) ref.hidden = off.has(ref.textContent.match(/\d+$/)[0]);
    count();
  };
  for (const each of controls.querySelectorAll(".scripted")) each.hidden = false;
  before.addEventListener("click", () => walk(-1));
  after.addEventListener("click", () => walk(1));
  cause.addEventListener("change", filter);
  controls.addEventListener("change", count);
  controls.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", count);
  addEventListener("keydown", (event) => {
    if (event.target.matches("select, input[type=search]") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") walk(1);
    if (event.key === "k") walk(-1);
  });
  count();
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
