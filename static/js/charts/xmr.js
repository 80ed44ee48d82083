/* xmr: the process behaviour chart, and below it the moving ranges.
   data: {x: ["2025-01-01", …], value: […], range: [null, 0.9, …], marks: [[18, "concern"], …] (places of signals),
          phases: [{x, centre, lower, upper: […], rangeUpper: 3.1 or null, label: "weekly ritual" or ""}, …],
          unit: "%", decimals: 1, every: 3, words: {value, centre, range}} */
(() => {
  "use strict";
  const C = Portal.charts;
  const BELOW = { xaxis: "x2", yaxis: "y2" };

  function phase(one, d) {
    if (!one.x.length) return [];
    const own = { line: { color: C.tok("d-plan"), width: 1 }, hoverinfo: "skip" };
    const drawn = [
      ...C.band(one.x, one.lower, one.upper, C.tok("d-limits")),
      C.line(one.x, one.centre, d.words.centre, own),
    ];
    if (one.rangeUpper !== null) {
      const limit = { line: { color: C.tok("d-plan"), width: 1.5, dash: "2px,2px" }, hoverinfo: "skip" };
      drawn.push({ ...C.line(one.x, one.x.map(() => one.rangeUpper), "", limit), ...BELOW });
    }
    return drawn;
  }

  /* numbers of the latest limits at their right ends */
  function edges(d) {
    const last = d.phases[d.phases.length - 1];
    if (!last || !last.x.length) return [];
    const end = last.x.length - 1;
    const place = C.small() ? { xanchor: "right", yanchor: "bottom" } : { xshift: 8 };
    const grey = { ...place, font: { size: 12, color: C.tok("ink-3") } };
    const span = Math.max(...d.value, last.upper[end]) - Math.min(...d.value, last.lower[end]);
    if (last.upper[end] - last.lower[end] < span * 0.22) {
      /* too close for three labels */
      const both = `${C.format(last.lower[end], d.decimals)}–${C.format(last.upper[end], d.decimals)}`;
      return [C.note(last.x[end], last.centre[end], both, place)];
    }
    return [
      C.note(last.x[end], last.upper[end], C.format(last.upper[end], d.decimals), grey),
      C.note(last.x[end], last.centre[end], `${d.words.centre} ${C.format(last.centre[end], d.decimals)}`, place),
      C.note(last.x[end], last.lower[end], C.format(last.lower[end], d.decimals), grey),
    ];
  }

  /* the cause over its phase, cut to the phase's width: the list below the chart has it whole */
  const causes = (d, plot) => d.phases.filter((one) => one.label && one.x.length).map((one) => {
    const room = Math.max(6, Math.floor((((plot.clientWidth || 480) - 140) * one.x.length) / d.x.length / 6.4));
    const text = one.label.length > room ? `${one.label.slice(0, room - 1)}…` : one.label;
    return C.note(one.x[0], Math.max(...one.upper), text, { yanchor: "bottom", yshift: 3 });
  });

  C.recipes.xmr = (d, plot) => {
    const text = `%{y:.${d.decimals}f}${C.unitText(d.unit)}`;
    const marked = new Set(d.marks.map(([place]) => place));
    const above = new Set();
    for (const one of d.phases) {
      if (one.rangeUpper === null) continue;
      d.x.forEach((day, place) => { if (one.x.includes(day) && d.range[place] > one.rangeUpper) above.add(place); });
    }
    const data = d.phases.flatMap((one) => phase(one, d));
    data.push(C.line(d.x, d.value, d.words.value, {
      mode: d.x.length > 80 ? "lines" : "lines+markers",
      marker: { size: 5, color: C.tok("d-actual") },
      line: { color: C.tok("d-actual"), width: 1.75 },
      hovertemplate: `<b>${text}</b>`,
    }));
    data.push({
      type: "scatter", mode: "markers", x: d.marks.map(([place]) => d.x[place]), y: d.marks.map(([place]) => d.value[place]),
      hoverinfo: "skip", cliponaxis: false,
      marker: { size: d.x.length > 60 ? 7 : 12, color: "rgba(0,0,0,0)", line: { color: C.tok("d-actual"), width: d.x.length > 60 ? 1 : 1.75 } },
    });
    data.push({
      type: "bar", x: d.x, y: d.range, name: d.words.range, hovertemplate: text, ...BELOW,
      marker: { color: d.x.map((_day, place) => C.tok(above.has(place) ? "d-actual" : "d-prev")) },
    });
    const margin = { l: 44, r: C.small() ? 14 : 96, t: 24, b: 40 };
    const ticks = C.monthTicks(d.x, d.every || 3, plot.clientWidth - margin.l - margin.r);
    return {
      data,
      layout: {
        margin,
        xaxis: { ...ticks, anchor: "y2", showticklabels: false, showline: false },
        yaxis: { domain: [0.34, 1], tickformat: ",", hoverformat: `.${d.decimals}f`, anchor: "x" },
        xaxis2: { ...ticks, matches: "x", anchor: "y2" },
        yaxis2: { domain: [0, 0.22], rangemode: "tozero", nticks: 3, tickformat: ",", anchor: "x2" },
        annotations: [...edges(d), ...causes(d, plot)],
        hovermode: marked.size > 200 ? "closest" : "x unified",
      },
    };
  };
})();
