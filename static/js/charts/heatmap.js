/* heatmap: a status for each pair of two lists, its figure written in the cell.
   data: {x: ["Financial", …], y: ["Operations", …], colours: [["green", null, …], …], texts: [["62%", "", …], …],
          words: [["On track", "", …], …]} */
(() => {
  "use strict";
  const C = Portal.charts;
  const ORDER = ["grey", "red", "amber", "green"];

  /* a name over several lines, none longer than asked where it has spaces */
  function fold(name, longest) {
    const lines = [""];
    for (const word of name.split(" ")) {
      const at = lines.length - 1;
      if (lines[at] && lines[at].length + word.length >= longest) lines.push(word);
      else lines[at] = lines[at] ? `${lines[at]} ${word}` : word;
    }
    return lines.join("<br>");
  }

  C.recipes.heatmap = (d) => {
    const steps = ORDER.flatMap((colour, place) => [[place / 4, C.soft(colour)], [(place + 1) / 4, C.soft(colour)]]);
    const cells = d.colours.map((row) => row.map((colour) => (colour === null ? null : ORDER.indexOf(colour))));
    const texts = d.texts.map((row, y) => row.map((text, x) => (d.colours[y][x] === null ? "" : `${C.MARKS[d.colours[y][x]]} ${text}`)));
    const names = C.small() ? d.y.map((name) => fold(name, 14)) : d.y;
    const longest = Math.max(...names.flatMap((name) => name.split("<br>")).map((part) => part.length));
    return {
      data: [{
        type: "heatmap", x: C.small() ? d.x.map((name) => fold(name, 9)) : d.x, y: names, z: cells, text: texts, customdata: d.words,
        zmin: -0.5, zmax: 3.5, colorscale: steps, showscale: false, xgap: 3, ygap: 3, hoverongaps: false,
        texttemplate: "%{text}", textfont: { size: 12, color: C.tok("ink") },
        hovertemplate: "<b>%{y}</b>, %{x}<br>%{text} · %{customdata}<extra></extra>",
      }],
      layout: {
        margin: { l: Math.min(24 + longest * 6.4, C.small() ? 120 : 220), r: 8, t: C.small() ? 44 : 30, b: 8 }, hovermode: "closest",
        xaxis: { side: "top", showline: false, type: "category" },
        yaxis: { autorange: "reversed", showgrid: false, type: "category", nticks: 0 },
      },
    };
  };
})();
