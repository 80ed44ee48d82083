/* heatmap: a status for each pair of two lists, its figure written in the cell.
   data: {x: ["Financial", …], y: ["Operations", …], colours: [["green", null, …], …], texts: [["62%", "", …], …],
          words: [["On track", "", …], …]} */
(() => {
  "use strict";
  const C = Portal.charts;
  const ORDER = ["grey", "red", "amber", "green"];

  C.recipes.heatmap = (d) => {
    const steps = ORDER.flatMap((colour, place) => [[place / 4, C.soft(colour)], [(place + 1) / 4, C.soft(colour)]]);
    const cells = d.colours.map((row) => row.map((colour) => (colour === null ? null : ORDER.indexOf(colour))));
    const texts = d.texts.map((row, y) => row.map((text, x) => (d.colours[y][x] === null ? "" : `${C.MARKS[d.colours[y][x]]} ${text}`)));
    const longest = Math.max(...d.y.map((name) => name.length));
    return {
      data: [{
        type: "heatmap", x: d.x, y: d.y, z: cells, text: texts, customdata: d.words,
        zmin: -0.5, zmax: 3.5, colorscale: steps, showscale: false, xgap: 3, ygap: 3, hoverongaps: false,
        texttemplate: "%{text}", textfont: { size: 12, color: C.tok("ink") },
        hovertemplate: "<b>%{y}</b>, %{x}<br>%{text} · %{customdata}<extra></extra>",
      }],
      layout: {
        margin: { l: Math.min(24 + longest * 6.4, C.small() ? 120 : 220), r: 8, t: 30, b: 8 }, hovermode: "closest",
        xaxis: { side: "top", showline: false, type: "category" },
        yaxis: { autorange: "reversed", showgrid: false, type: "category", nticks: 0 },
      },
    };
  };
})();
