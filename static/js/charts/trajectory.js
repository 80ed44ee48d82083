/* trajectory: the course of one thing against what was planned.
   data: {x: ["2025-01-01", …], actual: [83.1, null, …], target: […] or null, expected: […] or null,
          amber: […] or null, red: […] or null   (where green and amber end, for the zones),
          unit: "%", decimals: 1, colour: "amber" (of the last point), today: "2026-10-20" or null,
          every: 3 (months between labels), floor: 0 or null, ceiling: 100 or null,
          hollow: [true, …] or absent   (points that are not final),
          fan: {x: […], value: […], low, high, low95, high95, words: {centre, inner, outer}} or null,
          words: {actual, target, expected, today}} */
(() => {
  "use strict";
  const C = Portal.charts;

  function zones(d) {
    if (!d.amber || !d.red) return [];
    const fan = d.fan ? [d.fan.low95, d.fan.high95] : [];
    const known = [d.actual, d.target, d.expected, d.amber, d.red, ...fan].flatMap((values) => values || []).filter((v) => v !== null);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const up = d.red.find((v) => v !== null) <= d.amber.find((v) => v !== null);
    const far = d.red.map(() => (up ? low - (high - low) * 0.2 : high + (high - low) * 0.2));
    return [
      ...C.band(d.x, d.red, d.amber, C.alpha(C.tok("risk-soft"), 0.6)),
      ...C.band(d.x, far, d.red, C.alpha(C.tok("off-soft"), 0.6)),
    ];
  }

  function ending(d, values, word, side = "bottom") {
    const last = C.lastKnown(values);
    /* on a phone the words stand above or below the line's end, so that the plot keeps the width */
    const place = C.small() ? { xanchor: "right", yanchor: side, xshift: 6 } : { xshift: 10 };
    return last < 0 ? [] : [C.note(d.x[last], values[last], `<b>${C.format(values[last], d.decimals)}</b> ${word}`, place)];
  }

  function range(d) {
    const fan = d.fan ? [d.fan.low95, d.fan.high95] : [];
    const known = [d.actual, d.target, d.expected, ...fan].flatMap((values) => values || []).filter((v) => v !== null);
    if (!known.length) return undefined;
    const room = (Math.max(...known) - Math.min(...known) || 1) * 0.15;
    return [d.floor ?? Math.min(...known) - room, d.ceiling ?? Math.max(...known) + room];
  }

  function apart(notes, d, plot) {
    /* labels at the line's end must not lie on each other: 16 pixels at least */
    const bounds = range(d);
    if (!bounds) return notes;
    const scale = ((plot.clientHeight || 280) - 52) / (bounds[1] - bounds[0]);
    const sorted = [...notes].sort((a, b) => b.y - a.y);
    let edge = Infinity;
    for (const one of sorted) {
      const place = Math.min(one.y * scale, edge - 16);
      one.yshift = place - one.y * scale;
      edge = place;
    }
    return notes;
  }

  /* a ring instead of a dot where the value is not final */
  const hollow = (d) => ({
    size: d.hollow ? 6 : 5,
    color: d.hollow ? d.hollow.map((open) => C.tok(open ? "surface" : "d-actual")) : C.tok("d-actual"),
    line: { color: C.tok("d-actual"), width: d.hollow ? 1.5 : 0 },
  });

  /* 95 % pale, 80 % darker, the middle dotted: what is not there yet */
  function fan(d, text) {
    if (!d.fan) return [];
    const f = d.fan;
    const own = { line: { color: C.tok("d-actual"), width: 1.75, dash: "1px,3px" }, hovertemplate: text };
    return [
      ...C.band(f.x, f.low95, f.high95, C.alpha(C.tok("d-fan-2"), 0.85)),
      ...C.band(f.x, f.low, f.high, C.alpha(C.tok("d-fan-1"), 0.9)),
      C.line(f.x, f.value, f.words.centre, own),
    ];
  }

  const days = (d) => (d.fan ? [...new Set([...d.x, ...d.fan.x])].sort() : d.x);

  C.recipes.trajectory = (d, plot) => {
    const text = `%{y:.${d.decimals}f}${C.unitText(d.unit)}`;
    const data = [...zones(d), ...fan(d, text)];
    const ends = d.fan ? ending({ ...d, x: d.fan.x }, d.fan.value, d.fan.words.centre) : [];
    for (const kind of ["expected", "target"]) {
      if (!d[kind]) continue;
      const own = { line: kind === "target" ? C.planLine() : { ...C.planLine(), dash: "1px,3px" }, hovertemplate: text };
      data.push(C.line(d.x, d[kind], d.words[kind], own));
      ends.push(...ending(d, d[kind], d.words[kind]));
    }
    data.push(C.line(d.x, d.actual, d.words.actual, {
      mode: d.x.length > 40 ? "lines" : "lines+markers",
      marker: hollow(d),
      line: { color: C.tok("d-actual"), width: 2.5 },
      hovertemplate: `<b>${text}</b>`,
    }));
    const last = C.lastKnown(d.actual);
    if (!d.fan) ends.push(...ending(d, d.actual, d.words.actual, "top"));
    if (last >= 0) data.push(C.lastPoint(d.x[last], d.actual[last], d.colour));
    const shapes = d.today
      ? [{ type: "line", x0: d.today, x1: d.today, y0: 0, y1: 1, yref: "paper", line: { color: C.tok("ink-3"), width: 1 } }]
      : [];
    const notes = apart(ends, d, plot);
    if (d.fan && last >= 0) notes.push(C.note(d.x[last], d.actual[last], `<b>${C.format(d.actual[last], d.decimals)}</b>`, { xanchor: "center", yanchor: "top", yshift: -8 }));
    if (d.today) notes.push(C.note(d.today, 1, d.words.today, { yref: "paper", yanchor: "top", xanchor: "right", xshift: -4, font: { size: 12, color: C.tok("ink-3") } }));
    const margin = { l: 44, r: C.small() ? 14 : 116, t: 16, b: 40 };
    return {
      data,
      layout: {
        margin,
        xaxis: C.monthTicks(days(d), d.every || 3, plot.clientWidth - margin.l - margin.r),
        yaxis: { range: range(d), tickformat: ",", hoverformat: `.${d.decimals}f` },
        shapes, annotations: notes,
      },
    };
  };
})();
