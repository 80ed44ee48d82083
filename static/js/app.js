/* Small enhancements of every page. Without this file every page still works. */
(() => {
  "use strict";
  const root = document.documentElement;

  /* ---- saying things: the live region, and toasts ---- */
  function say(text) {
    const live = document.getElementById("live");
    if (!live) return;
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 30);
  }

  function toast(text) {
    const box = document.getElementById("toasts");
    const pattern = document.getElementById("toast-pattern");
    if (!box || !pattern) return;
    const made = pattern.content.firstElementChild.cloneNode(true);
    made.querySelector("span").textContent = text;
    box.append(made);
    fade(made);
  }

  function fade(element) {
    if (element.dataset.toast === "error" || element.dataset.toast === "warning") return;
    setTimeout(() => element.remove(), 8000);
  }

  window.Portal = Object.assign(window.Portal || {}, { say, toast });

  /* ---- theme: a cookie, so that the server draws the next page right from its first byte ---- */
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  function switchTheme() {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : systemDark.matches;
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
    document.dispatchEvent(new CustomEvent("themechange"));
  }

  /* ---- tables: <th><button class="sort">; cells may carry data-v ---- */
  function valueOf(row, column) {
    const cell = row.cells[column];
    return cell ? cell.dataset.v ?? cell.textContent.trim() : "";
  }

  function compare(one, other) {
    const [a, b] = [Number.parseFloat(one), Number.parseFloat(other)];
    if (Number.isNaN(a) && Number.isNaN(b)) return one.localeCompare(other);
    if (Number.isNaN(a)) return 1;
    return Number.isNaN(b) ? -1 : a - b || one.localeCompare(other);
  }

  function sort(button) {
    const head = button.closest("th");
    const heads = [...head.parentNode.children];
    const column = heads.indexOf(head);
    const direction = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    heads.forEach((one) => one.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", direction);
    for (const body of head.closest("table").tBodies) {
      const rows = [...body.rows].filter((row) => !row.classList.contains("grp"));
      rows.sort((p, q) => compare(valueOf(p, column), valueOf(q, column)) * (direction === "ascending" ? 1 : -1));
      body.append(...rows);
    }
    say(`${button.textContent.trim()}, ${document.getElementById("live")?.dataset[direction] || direction}`);
  }

  /* ---- clicks ---- */
  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    if (on("[data-theme-toggle]")) switchTheme();
    const button = on("th button.sort:not([hx-get])");
    if (button) sort(button);
    on("[data-dismiss]")?.closest(".toast")?.remove();
    if (on("[data-keys-help]")) document.getElementById("shortcuts")?.showModal();
    if (on("[data-print]")) window.print();
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  /* a choice that has an effect at once: its form is sent; without scripts the form keeps its button */
  document.addEventListener("change", (event) => {
    const field = event.target.closest("[data-autosubmit]");
    if (field) field.form.requestSubmit();
  });

  /* ---- keys; single letters can be switched off (data-keys="off" on the root) and are silent in fields ---- */
  function step(list, by) {
    const items = [...list.querySelectorAll("[data-item]")].filter((one) => one.checkVisibility());
    const at = items.indexOf(document.activeElement.closest("[data-item]"));
    const next = items[Math.max(0, Math.min(items.length - 1, at + by))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  const letters = {
    "/": () => document.querySelector("[data-search]")?.focus(),
    "?": () => document.getElementById("shortcuts")?.showModal(),
    j: () => step(document.querySelector("[data-keylist]") || document, 1),
    k: () => step(document.querySelector("[data-keylist]") || document, -1),
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.target.closest("form")?.requestSubmit();
      return;
    }
    if (event.key === "Escape") {
      const menu = event.target.closest("details[data-menu][open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
      return;
    }
    if (root.dataset.keys === "off" || event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    const act = letters[event.key] || (button && (() => button.click()));
    if (act) {
      event.preventDefault();
      act();
    }
  });

  /* a range and the number beside it show the same value: <input type="range" data-pair="id-of-the-number"> */
  document.addEventListener("input", (event) => {
    const range = event.target.closest("input[type=range][data-pair]");
    if (range) document.getElementById(range.dataset.pair).value = range.value;
    const twin = event.target.id && document.querySelector(`input[type=range][data-pair="${CSS.escape(event.target.id)}"]`);
    if (twin) twin.value = event.target.value.replace(",", ".");
  });

  /* ---- htmx: HX-Trigger {"toast": {"text": "…"}} speaks; a failed request says so and loses nothing ---- */
  document.addEventListener("toast", (event) => toast(event.detail.text || event.detail.value));
  document.addEventListener("htmx:afterSwap", (event) => {
    event.target.querySelector?.("[data-focus]")?.focus();
    /* what was refused comes back with its errors: the first one gets the focus */
    if (event.detail.xhr?.status === 422) document.querySelector("main [aria-invalid=true]")?.focus();
    /* where list and reading pane do not fit side by side, what was asked for is brought into view */
    const swapped = event.detail.target;
    if (swapped?.matches("[data-show-narrow]") && matchMedia("(max-width: 71rem)").matches) {
      document.getElementById(swapped.id)?.scrollIntoView();
    }
  });
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, () => {
      const message = document.getElementById("toasts")?.dataset.failed;
      if (message) toast(message);
    });
  }
  document.querySelectorAll(".toast[data-toast]").forEach(fade);
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    event.detail.target?.querySelectorAll?.(".toast[data-toast]").forEach(fade);
  });
  /* errors of a sent form: the first one gets the focus */
  document.querySelector("main [aria-invalid=true]")?.focus();
})();
