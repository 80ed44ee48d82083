/* sankey: how weights flow from departments' work to the vision.
   data: {nodes: [{label, code (for phones), colour (empty: no status), word}], links: [{source: 0, target: 3, value: 25, text: "25%"}]} */
(() => {
  "use strict";
  const C = Portal.charts;

  C.recipes.sankey = (d) => ({
    data: [{
      type: "sankey", arrangement: "snap", orientation: "h",
      node: {
        label: d.nodes.map((node) => (node.colour ? `${C.MARKS[node.colour] || C.MARKS.grey} ${C.small() ? node.code : node.label}` : node.label)),
        color: d.nodes.map((node) => C.ink(node.colour)),
        customdata: d.nodes.map((node) => node.word),
        line: { color: C.tok("surface"), width: 1 }, pad: 12, thickness: 12,
        hovertemplate: "<b>%{label}</b><br>%{customdata}<extra></extra>",
      },
      link: {
        source: d.links.map((link) => link.source), target: d.links.map((link) => link.target),
        value: d.links.map((link) => link.value), customdata: d.links.map((link) => link.text),
        color: C.alpha(C.tok("d-prev"), 0.35),
        hovertemplate: "%{source.label} → %{target.label}<br>%{customdata}<extra></extra>",
      },
      textfont: { size: 12, color: C.tok("ink") },
    }],
    layout: { margin: { l: 8, r: 8, t: 8, b: 8 }, hovermode: "closest" },
  });
})();
