/* My week by keyboard: J and K move (app.js), Enter opens, N repeats, E acknowledges, 1 2 3 choose the status, Esc leaves
   the field. Without this file every line works by its buttons. */
(() => {
  "use strict";

  const FIELD = "input, textarea, select";

  /* the line that has the focus, else the open one */
  function line() {
    return document.activeElement.closest("[data-week] [data-item]") || document.querySelector("[data-week] .is-open");
  }

  /* the first thing to fill in, or to mend, of an open line */
  function first(item) {
    const shown = (selector) => [...item.querySelectorAll(selector)].find((one) => one.checkVisibility());
    return (
      shown("[aria-invalid=true]") ||
      shown(".wi__f input[type=radio]:checked") ||
      shown(".wi__f .inp, .wi__f input[type=radio], .wi__f button") ||
      shown(".btn")
    );
  }

  function enter() {
    const item = line();
    if (!item) return false;
    const open = item.querySelector("[data-open]");
    if (open) open.click();
    else first(item)?.focus();
    return true;
  }

  function press(selector) {
    const button = line()?.querySelector(selector);
    button?.click();
    return Boolean(button);
  }

  function choose(place) {
    const radio = line()?.querySelectorAll(".wi__f:not(.wi__f--2) .radios input")[place];
    if (!radio) return false;
    radio.checked = true;
    radio.focus();
    return true;
  }

  const keys = {
    n: () => press("[data-same]"),
    e: () => press("[data-acknowledge]"),
    1: () => choose(0),
    2: () => choose(1),
    3: () => choose(2),
  };

  document.addEventListener("keydown", (event) => {
    if (!document.querySelector("[data-week]") || document.querySelector("dialog[open]")) return;
    if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
    const item = event.target.closest("[data-week] [data-item]");
    const field = event.target.closest(FIELD);
    if (event.key === "Escape" && item && event.target !== item) {
      item.focus();
      return;
    }
    if (event.key === "Enter" && event.target === item) {
      if (enter()) event.preventDefault();
      return;
    }
    if (document.documentElement.dataset.keys === "off" || (field && field.type !== "radio")) return;
    if (keys[event.key]?.()) event.preventDefault();
  });

  /* what was opened by key or click takes the focus inside; what follows something done takes it as a whole */
  function settle() {
    const week = document.getElementById("week");
    if (week?.dataset.into !== "field") return;
    const open = week.querySelector(".is-open");
    if (!open) return;
    first(open)?.focus();
    open.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "week" || event.detail.target?.id === "week") settle();
  });
  settle();
})();
