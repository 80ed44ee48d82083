/* Alignment map: opens an objective in place and draws the ribbons, a decoration over real lists.
   Markup: json_script "map-cross" with [[child, parent], …]; .amap#amap > svg.amap__l, .avis, .agrps > .agrp[data-so] > .asow > a.aso,
   ul.ados > li.ado[data-do][data-w] > .ado__t. Width of a ribbon = weight; dashed = a further contribution. A group with data-branch
   has no rows yet: they come from that address when it is opened. The map may be replaced at any time (live refresh). */
(() => {
  "use strict";
  const EVERYTHING = "*";
  let crossing = true;
  const theMap = () => document.getElementById("amap");
  const groupsOf = (map) => [...map.querySelectorAll(".agrp[data-so]")];

  function ribbon(layer, from, to, css, width) {
    const bend = (to.x - from.x) * 0.55;
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`);
    path.setAttribute("class", css);
    path.setAttribute("stroke-width", width);
    layer.append(path);
  }

  function placer(map) {
    const origin = map.getBoundingClientRect();
    return (element) => {
      const box = element.getBoundingClientRect();
      return {
        left: box.left - origin.left, right: box.right - origin.left, top: box.top - origin.top,
        bottom: box.bottom - origin.top, middle: (box.top + box.bottom) / 2 - origin.top, height: box.height, width: box.width,
      };
    };
  }

  function drawGroup(map, layer, group, place, count, boxOf) {
    const vision = boxOf(map.querySelector(".avis"));
    const objective = boxOf(group.querySelector(".asow"));
    const css = group.classList.contains("is-open") ? "lk lk--hot" : "lk";
    if (vision.height > vision.width) {
      const start = { x: vision.right, y: vision.top + (vision.height * (place + 0.5)) / count };
      const width = Math.min(9, Math.max(1.5, (vision.height / count) * 0.7)).toFixed(1);
      ribbon(layer, start, { x: objective.left, y: objective.top + Math.min(objective.height / 2, objective.height - 10) }, css, width);
    }
    const rows = [...group.querySelectorAll(".ado[data-w]")];
    const total = rows.reduce((sum, row) => sum + Number(row.dataset.w), 0) || 1;
    for (const row of rows) {
      const title = boxOf(row.querySelector(".ado__t"));
      const height = ((objective.height - 12) * Number(row.dataset.w)) / total;
      const start = { x: objective.right, y: Math.max(objective.top + 9, Math.min(objective.bottom - 9, title.middle)) };
      ribbon(layer, start, { x: title.left - 5, y: title.middle }, css, (Math.max(2, Math.min(26, height)) * 0.62).toFixed(1));
    }
  }

  function drawCrossing(map, layer, [child, parent], boxOf) {
    const row = map.querySelector(`[data-do="${CSS.escape(child)}"] .ado__t`);
    const box = map.querySelector(`[data-so="${CSS.escape(parent)}"] .asow`);
    if (!row || !box) return;
    if (map.classList.contains("has-open") && !row.closest(".is-open") && !box.closest(".is-open")) return;
    const [to, from] = [boxOf(row), boxOf(box)];
    ribbon(layer, { x: from.right, y: from.bottom - 7 }, { x: to.left - 5, y: to.middle + 4 }, "lk lk--x", 1.3);
  }

  function draw() {
    const map = theMap();
    const layer = map?.querySelector(".amap__l");
    if (!layer || getComputedStyle(layer).display === "none") return;
    layer.textContent = "";
    layer.setAttribute("width", map.clientWidth);
    layer.setAttribute("height", map.clientHeight);
    const boxOf = placer(map);
    const groups = groupsOf(map);
    groups.forEach((group, place) => drawGroup(map, layer, group, place, groups.length, boxOf));
    const further = JSON.parse(document.getElementById("map-cross")?.textContent || "[]");
    if (crossing) further.forEach((pair) => drawCrossing(map, layer, pair, boxOf));
  }

  /* what is open: in the classes, in the field that a live refresh sends along, in the address */
  function settle(open, remember) {
    const map = theMap();
    for (const group of groupsOf(map)) {
      const opened = open === EVERYTHING || group.dataset.so === open;
      group.classList.toggle("is-open", opened);
      const link = group.querySelector("a.aso");
      link.setAttribute("aria-expanded", String(opened));
      link.search = opened ? "" : `?open=${encodeURIComponent(group.dataset.so)}`;
    }
    map.classList.toggle("has-open", Boolean(open) && open !== EVERYTHING);
    document.getElementById("map-open").value = open;
    if (remember) history.pushState({ open }, "", open ? `?open=${encodeURIComponent(open)}` : location.pathname);
    draw();
  }

  async function toggle(group) {
    const code = group.dataset.so;
    const wanted = !group.classList.contains("is-open");
    if (wanted && group.dataset.branch && window.htmx) {
      await window.htmx.ajax("GET", group.dataset.branch, { target: group, swap: "outerHTML" });
      document.querySelector(`[data-so="${CSS.escape(code)}"] a.aso`)?.focus();
    }
    settle(wanted ? code : "", true);
  }

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const link = event.target.closest("a.aso[aria-expanded]");
    const expand = event.target.closest("[data-expand]");
    const cross = event.target.closest("[data-cross]");
    if (link) {
      event.preventDefault();
      toggle(link.closest(".agrp"));
    } else if (expand) {
      event.preventDefault();
      settle(document.getElementById("map-open").value === EVERYTHING ? "" : EVERYTHING, true);
    } else if (cross) {
      crossing = !crossing;
      cross.setAttribute("aria-pressed", String(crossing));
      draw();
    }
  });

  addEventListener("popstate", () => location.reload());
  document.querySelectorAll("[data-cross]").forEach((button) => { button.hidden = false; });
  const watcher = new ResizeObserver(draw);
  const watch = () => { if (theMap()) watcher.observe(theMap()); };
  document.fonts.ready.then(draw);
  document.addEventListener("htmx:afterSettle", () => { watch(); draw(); });
  watch();
})();
