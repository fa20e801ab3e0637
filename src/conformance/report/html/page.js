"use strict";
(() => {
  const form = document.querySelector(".filters");
  const rows = [...document.querySelectorAll(".row")];
  const areas = [...document.querySelectorAll(".area")];
  const chosen = (name) => new Set([...form.querySelectorAll(`[name=${name}]:checked`)].map((box) => box.value));

  const filter = () => {
    const verdicts = chosen("verdict");
    const levels = chosen("level");
    const area = form.elements.area.value;
    const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = `${row.dataset.words} ${row.textContent.toLowerCase()}`;
      row.hidden = !(
        row.dataset.verdicts.split(" ").some((verdict) => verdicts.has(verdict)) &&
        levels.has(row.dataset.level) &&
        (area === "" || row.parentElement.dataset.area === area) &&
        words.every((word) => text.includes(word))
      );
      shown += row.hidden ? 0 : 1;
    }
    for (const section of areas) {
      section.hidden = !section.querySelector(".row:not([hidden])");
    }
    document.querySelector(".nothing").hidden = shown > 0;
    form.querySelector("output").textContent = `${shown} of ${rows.length}`;
  };

  // A click on a cell shows what that engine did.
  const show = (event) => {
    const cell = event.target.closest(".cell");
    const row = event.target.closest(".row");
    if (!cell || !row || event.target.closest(".body")) {
      return;
    }
    const number = [...cell.parentElement.querySelectorAll(".cell")].indexOf(cell) + 1;
    const engine = document.getElementById(`${row.querySelector(".body").id}:${number}`);
    if (engine && number > 1) {
      event.preventDefault();
      row.open = true;
      engine.scrollIntoView({ block: "nearest" });
    }
  };

  // Not every browser opens what a link leads into.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const row = target && target.closest(".row");
    if (row) {
      row.hidden = row.parentElement.hidden = false;
      row.open = true;
      target.scrollIntoView();
    }
  };

  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.querySelector(".matrix").addEventListener("click", show);
  addEventListener("hashchange", reveal);
  filter();
  reveal();
})();
