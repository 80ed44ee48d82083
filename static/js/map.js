/* Alignment map: opens an objective in place and draws the ribbons, a decoration over real lists.
   Markup: json_script "map-cross" with [[child, parent], …]; .amap#amap > svg.amap__l, .avis, .agrps > .agrp[data-so] > .asow > button.aso,
   ul.ados > li.ado[data-do][data-w] > .ado__t. Width of a ribbon = weight; dashed = a further contribution. */
(() => {
  "use strict";
  const map = document.getElementById("amap");
  if (!map) return;
  const layer = map.querySelector(".amap__l");
  const further = JSON.parse(document.getElementById("map-cross")?.textContent || "[]");
  let crossing = true;

  function ribbon(from, to, css, width) {
    const bend = (to.x - from.x) * 0.55;
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`);
    path.setAttribute("class", css);
    path.setAttribute("stroke-width", width);
    layer.append(path);
  }

  function placer() {
    const origin = map.getBoundingClientRect();
    return (element) => {
      const box = element.getBoundingClientRect();
      return {
        left: box.left - origin.left, right: box.right - origin.left, top: box.top - origin.top,
        bottom: box.bottom - origin.top, middle: (box.top + box.bottom) / 2 - origin.top, height: box.height, width: box.width,
      };
    };
  }

  function drawGroup(group, place, groups, boxOf) {
    const vision = boxOf(map.querySelector(".avis"));
    const objective = boxOf(group.querySelector(".asow"));
    const css = group.classList.contains("is-open") ? "lk lk--hot" : "lk";
    if (vision.height > vision.width) {
      const start = { x: vision.right, y: vision.top + (vision.height * (place + 0.5)) / groups.length };
      ribbon(start, { x: objective.left, y: objective.top + Math.min(objective.height / 2, objective.height - 10) }, css, 9);
    }
    const rows = [...group.querySelectorAll(".ado")];
    const total = rows.reduce((sum, row) => sum + Number(row.dataset.w), 0) || 1;
    for (const row of rows) {
      const title = boxOf(row.querySelector(".ado__t"));
      const height = ((objective.height - 12) * Number(row.dataset.w)) / total;
      const start = { x: objective.right, y: Math.max(objective.top + 9, Math.min(objective.bottom - 9, title.middle)) };
      ribbon(start, { x: title.left - 5, y: title.middle }, css, (Math.max(2, Math.min(26, height)) * 0.62).toFixed(1));
    }
  }

  function drawCrossing([child, parent], boxOf) {
    const row = map.querySelector(`[data-do="${CSS.escape(child)}"] .ado__t`);
    const box = map.querySelector(`[data-so="${CSS.escape(parent)}"] .asow`);
    if (!row || !box) return;
    if (map.classList.contains("has-open") && !row.closest(".is-open") && !box.closest(".is-open")) return;
    const [to, from] = [boxOf(row), boxOf(box)];
    ribbon({ x: from.right, y: from.bottom - 7 }, { x: to.left - 5, y: to.middle + 4 }, "lk lk--x", 1.3);
  }

  function draw() {
    if (getComputedStyle(layer).display === "none") return;
    layer.textContent = "";
    layer.setAttribute("width", map.clientWidth);
    layer.setAttribute("height", map.clientHeight);
    const boxOf = placer();
    const groups = [...map.querySelectorAll(".agrp[data-so]")];
    groups.forEach((group, place) => drawGroup(group, place, groups, boxOf));
    if (crossing) further.forEach((pair) => drawCrossing(pair, boxOf));
  }

  function open(group, wanted) {
    map.querySelectorAll(".agrp[data-so]").forEach((one) => {
      const opened = one === group && wanted;
      one.classList.toggle("is-open", opened);
      one.querySelector("button.aso")?.setAttribute("aria-expanded", String(opened));
    });
    map.classList.toggle("has-open", wanted);
    draw();
  }

  map.addEventListener("click", (event) => {
    const button = event.target.closest("button.aso[aria-expanded]");
    if (!button) return;
    const group = button.closest(".agrp");
    const wanted = !group.classList.contains("is-open");
    open(group, wanted);
    history.replaceState(null, "", wanted ? `#${group.dataset.so}` : location.pathname + location.search);
  });

  document.querySelector("[data-cross]")?.addEventListener("click", (event) => {
    crossing = !crossing;
    event.currentTarget.setAttribute("aria-pressed", String(crossing));
    draw();
  });

  document.querySelector("[data-expand]")?.addEventListener("click", () => {
    map.classList.remove("has-open");
    map.querySelectorAll(".agrp[data-so]").forEach((group) => {
      group.classList.add("is-open");
      group.querySelector("button.aso")?.setAttribute("aria-expanded", "true");
    });
    draw();
  });

  new ResizeObserver(draw).observe(map);
  document.fonts.ready.then(draw);
  document.addEventListener("htmx:afterSettle", draw);
  const wanted = location.hash.slice(1);
  const group = wanted && map.querySelector(`[data-so="${CSS.escape(wanted)}"]`);
  if (group) open(group, true);
})();
