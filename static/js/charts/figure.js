/* figure: a Plotly figure made by the server, {data, layout}; a colour "token:d-actual" is read from the tokens. */
(() => {
  "use strict";
  const C = Portal.charts;

  function coloured(value) {
    if (typeof value === "string") return value.startsWith("token:") ? C.tok(value.slice(6)) : value;
    if (Array.isArray(value)) return value.map(coloured);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, coloured(inner)]));
    }
    return value;
  }

  /* no more of the server's labels than find room */
  function thinned(axis, room) {
    if (!axis?.tickvals || !room) return axis;
    const longest = Math.max(...axis.ticktext.map((text) => text.length));
    const step = Math.ceil(axis.tickvals.length / Math.max(2, Math.floor(room / (longest * 6.4 + 14))));
    const kept = (_one, place) => place % step === 0;
    return { ...axis, tickvals: axis.tickvals.filter(kept), ticktext: axis.ticktext.filter(kept) };
  }

  /* on a phone the words stand above or below the ends of the lines, so that the plot keeps the width */
  function within(note, traces) {
    const above = note.yanchor !== "top";
    const tail = traces.flatMap((one) => one.y.slice(Math.floor(one.y.length * 0.6))).filter((value) => value !== null);
    const y = above ? Math.max(note.y, ...tail) : Math.min(note.y, ...tail);
    return { ...note, y, xanchor: "right", xshift: 6, yanchor: above ? "bottom" : "top" };
  }

  C.recipes.figure = (d, plot) => {
    const layout = coloured(d.layout || {});
    if (C.small() && layout.annotations?.length) {
      layout.annotations = layout.annotations.map((note) => within(note, d.data));
      layout.margin = { ...layout.margin, r: 14 };
    }
    const { l = 40, r = 64 } = layout.margin || {};
    return { data: coloured(d.data), layout: { ...layout, xaxis: thinned(layout.xaxis, plot.clientWidth - l - r) } };
  };
})();
