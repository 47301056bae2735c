// Runs in a report after the report's own script, uses the page as a reader would, and writes the
// failures to an element that Tools/browser-test reads.
(() => {
  const failures = [...window.probeErrors];
  const check = (holds, what) => { if (!holds) { failures.push(what); } };
  const all = (selector) => [...document.querySelectorAll(selector)];
  const rows = () => all("#list > li");
  const data = JSON.parse(document.getElementById("documents").textContent);
  const change = (id, value) => {
    const control = document.getElementById(id);
    control.value = value;
    control.dispatchEvent(new Event(id === "search" ? "input" : "change"));
  };

  // The content of documents is shown as text only.
  check(all("img, iframe, object, embed, link").length === 0, "an element from a document");
  check(window.performance.getEntriesByType("resource").length === 0, "a request");

  // The list of documents is shown in pieces.
  const first = Math.min(20, data.errors.length);
  check(rows().length === first, "the first errors are shown");
  if (data.errors.length > 20) {
    document.getElementById("more").click();
    check(rows().length === Math.min(40, data.errors.length), "more errors are shown");
  }
  for (const row of rows()) {
    check(row.querySelectorAll(".pair bdi").length === 2, "labels are isolated");
    check(row.querySelector("p").dir === "auto", "a text has its own direction");
  }
  const rightToLeft = /^[^\p{L}]*[\u0590-\u08FF]/u;
  for (const text of all("#list p")) {
    const direction = getComputedStyle(text).direction;
    check(direction === (rightToLeft.test(text.textContent) ? "rtl" : "ltr"),
      "direction of " + text.textContent.slice(0, 20));
  }

  // A click on a cell of the matrix filters the list.
  const cells = all("g[data-expected]");
  const wrong = cells.filter((cell) => cell.dataset.expected !== cell.dataset.predicted);
  check(data.errors.length === 0 || wrong.length > 0, "cells to choose");
  if (wrong.length > 0) {
    const { expected, predicted } = wrong[0].dataset;
    const count = data.errors.filter((row) =>
      row[2] === Number(expected) && row[3] === Number(predicted)).length;
    wrong[0].dispatchEvent(new MouseEvent("click", { bubbles: true }));
    check(rows().length === Math.min(20, count) && count > 0, "a cell shows its documents");
    change("expected", "");
    change("predicted", "");
    wrong[0].dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    check(rows().length === Math.min(20, count), "a cell can be chosen with the keyboard");
    change("expected", "");
    change("predicted", "");
  }

  // The search works, and so does the other list.
  if (data.errors.length > 0) {
    change("search", data.errors[0][0]);
    check(rows().length >= 1, "search finds a place");
    change("search", "no document contains this \u0000");
    check(rows().length === 0, "search finds nothing");
    change("search", "");
    const started = window.performance.now();
    change("kind", "uncertain");
    check(rows().length === Math.min(20, data.uncertain.length), "uncertain documents");
    change("kind", "errors");
    check(window.performance.now() - started <= 500, "changing the list is quick");
  }

  // Tables can be sorted.
  const table = document.querySelector("table.sortable");
  const names = () => [...table.tBodies[0].rows].map((row) => row.cells[0].textContent);
  const before = names();
  const buttons = table.tHead.querySelectorAll("button");
  buttons[1].click();
  const f1 = [...table.tBodies[0].rows].map((row) => Number(row.cells[2].dataset.value));
  check(f1.every((value, number) => number === 0 || f1[number - 1] >= value), "sorted by F1");
  buttons[0].click();
  buttons[0].click();
  check(JSON.stringify(names()) === JSON.stringify([...before].sort((a, b) => a.localeCompare(b))),
    "sorted by label");

  // Colours, zooming and folding work.
  const ground = () => getComputedStyle(document.body).backgroundColor;
  const light = ground();
  document.getElementById("theme").click();
  check(ground() !== light, "the other colours");
  const matrix = document.querySelector("svg.matrix");
  const zoom = document.getElementById("zoom");
  if (matrix) {
    const width = matrix.getBoundingClientRect().width;
    zoom.value = "2";
    zoom.dispatchEvent(new Event("input"));
    check(Math.abs(matrix.getBoundingClientRect().width - 2 * width) <= 2, "zoom");
  }
  const part = document.querySelector("details.part");
  part.querySelector("summary").click();
  check(!part.open, "parts fold");

  const result = document.createElement("pre");
  result.id = "probe";
  result.textContent = JSON.stringify([...new Set([...window.probeErrors, ...failures])]);
  document.body.append(result);
})();
