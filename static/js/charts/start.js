/* Draws every <figure data-chart="recipe" data-source="id of its json_script"> when it comes into view. The library is
   fetched when the first one does. Where it cannot be had, the figures in the table open instead. */
(() => {
  "use strict";
  const C = Portal.charts;
  const root = document.documentElement;
  const drawn = new Set();
  let library = null;

  function load() {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = document.body.dataset.plotly;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return library;
  }

  function miss(figure) {
    const plot = figure.querySelector("[data-plot]");
    plot.classList.add("is-missing");
    plot.textContent = figure.dataset.missing || "";
    const twin = figure.querySelector("details.twin");
    if (twin) twin.open = true;
  }

  function draw(figure) {
    const plot = figure.querySelector("[data-plot]");
    const source = document.getElementById(figure.dataset.source);
    const recipe = C.recipes[figure.dataset.chart];
    if (!plot || !source || !recipe) return;
    const made = recipe(JSON.parse(source.textContent), plot);
    if (made.layout.height) plot.style.height = `${made.layout.height}px`;
    window.Plotly.react(plot, made.data, C.layout(made.layout), C.config);
    plot.querySelectorAll(".main-svg").forEach((svg) => svg.setAttribute("focusable", "false"));
    drawn.add(figure);
  }

  async function show(figure) {
    try {
      await load();
      draw(figure);
    } catch (error) {
      miss(figure);
      if (window.Plotly) throw error;
    }
  }

  function again() {
    for (const figure of drawn) {
      if (figure.isConnected) draw(figure);
      else drawn.delete(figure);
    }
  }

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      show(entry.target);
    }
  }, { rootMargin: "300px" });

  function watch(part) {
    part.querySelectorAll("figure[data-chart]").forEach((figure) => { if (!drawn.has(figure)) seen.observe(figure); });
  }

  document.addEventListener("themechange", again);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  document.addEventListener("htmx:afterSettle", (event) => watch(event.target.parentElement || document));
  document.addEventListener("toggle", (event) => {
    if (event.target.open) event.target.querySelectorAll("figure[data-chart]").forEach((figure) => seen.observe(figure));
  }, true);

  /* paper is light and about 1040 pixels wide: take both before the browser lays out the print */
  let theme = null;
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme ?? null;
    root.dataset.theme = "light";
    root.classList.add("is-print");
    again();
  });
  addEventListener("afterprint", () => {
    root.classList.remove("is-print");
    if (theme === null) delete root.dataset.theme;
    else root.dataset.theme = theme;
    again();
  });

  watch(document);
})();
