/* waterfall: what each part brings to the variance, from what was expected to what is.
   data: {names: ["Supply chain", …], amounts: [-2.1, …], texts: ["−2.1", …],
          total: {name, amount, text}, start: 90.0 (expected), up: true (more is better), label: "expected 90.0%"} */
(() => {
  "use strict";
  const C = Portal.charts;

  C.recipes.waterfall = (d) => {
    const names = [...d.names, d.total.name];
    const amounts = [...d.amounts, d.total.amount];
    const texts = [...d.texts, `<b>${d.total.text}</b>`];
    const bases = [];
    let reached = d.start;
    for (const amount of d.amounts) {
      bases.push(reached);
      reached += amount;
    }
    bases.push(d.start);
    const wide = C.small() ? 14 : 24;
    const short = names.map((name) => (name.length > wide ? `${name.slice(0, wide - 1)}…` : name));
    const rows = short.map((_name, place) => place);
    const good = (amount) => (amount > 0) === d.up;
    const colours = amounts.map((amount, place) =>
      C.tok(place === names.length - 1 ? "d-actual" : good(amount) ? "on" : "off"));
    const ends = amounts.map((amount, place) => bases[place] + amount);
    const [low, high] = [Math.min(...ends, ...bases), Math.max(...ends, ...bases)];
    const room = (high - low || 1) * 0.2;
    const joins = d.amounts.map((_amount, place) => ({
      type: "line", x0: ends[place], x1: ends[place], y0: place, y1: place + 1, line: { color: C.tok("line-2"), width: 1 },
    }));
    return {
      data: [{
        type: "bar", orientation: "h", y: rows, x: amounts, base: bases, hoverinfo: "skip",
        marker: { color: colours },
      }],
      layout: {
        margin: { l: C.small() ? 104 : 150, r: 16, t: 28, b: 12 },
        bargap: 0.35,
        hovermode: false,
        xaxis: { range: [low - room, high + room], showticklabels: false, showline: false },
        yaxis: {
          autorange: "reversed", tickmode: "array", tickvals: rows, ticktext: short, showgrid: false,
          tickfont: { size: 12, color: C.tok("ink-2") },
        },
        shapes: [
          ...joins,
          { type: "line", x0: d.start, x1: d.start, y0: 0, y1: 1, yref: "paper", line: { color: C.tok("ink"), width: 1.5 } },
        ],
        annotations: [
          ...amounts.map((amount, place) => C.note(ends[place], place, texts[place], {
            xanchor: amount < 0 ? "right" : "left", xshift: amount < 0 ? -5 : 5, font: { size: 12, color: colours[place] },
          })),
          C.note(d.start, 1, d.label, {
            yref: "paper", yanchor: "bottom", yshift: 2, xanchor: d.total.amount < 0 ? "right" : "left",
          }),
        ],
      },
    };
  };
})();
