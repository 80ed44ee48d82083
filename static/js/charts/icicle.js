/* icicle: the strategy as nested boxes, drawn from left to right; a click opens a box.
   data: {ids: [], labels: [], codes: [] (short labels for phones), parents: [], values: [], colours: ["green", …], words: ["On track", …] (states),
          texts: ["62%", …]} */
(() => {
  "use strict";
  const C = Portal.charts;

  C.recipes.icicle = (d) => ({
    data: [{
      type: "icicle", branchvalues: "total", maxdepth: C.small() ? 3 : 4, tiling: { orientation: "h", pad: 2 }, sort: false,
      ids: d.ids, labels: C.small() ? d.codes : d.labels, parents: d.parents, values: d.values,
      text: d.texts.map((text, place) => (d.colours[place] ? `${C.MARKS[d.colours[place]] || C.MARKS.grey} ${text}` : text)),
      customdata: d.words,
      texttemplate: "%{text} %{label}",
      hovertemplate: "<b>%{label}</b><br>%{text} · %{customdata}<extra></extra>",
      textfont: { size: 12, color: C.tok("ink") },
      marker: { colors: d.colours.map(C.soft), line: { color: C.tok("line-2"), width: 1 } },
      pathbar: { visible: true, thickness: 26, textfont: { size: 12, color: C.tok("ink-2") } },
    }],
    layout: { margin: { l: 0, r: 0, t: 30, b: 0 }, hovermode: "closest", uniformtext: { mode: "hide", minsize: 12 } },
  });
})();
