/* Joined by scripts/vendor/build_bundles.py: change the rooms, not this file. */

/* ---- template ---- */
/* What all charts share: colours read from the tokens when drawing, one layout, one configuration, small makers.
   Recipes register themselves in Portal.charts.recipes: name -> (data, plot) => {data, layout} for Plotly. */
(() => {
  "use strict";
  const french = document.documentElement.lang.startsWith("fr");
  const MONTHS = french
    ? ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]
    : ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const SHAPES = { green: "circle", amber: "triangle-up", red: "square", grey: "circle-open" };
  const MARKS = { green: "●", amber: "▲", red: "■", grey: "○" };
  const TOKENS = { green: "on", amber: "risk", red: "off", grey: "ink-3" };

  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);

  /* the value of a colour token in the present theme, as rgb(…) */
  function tok(name) {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  }

  function alpha(colour, share) {
    return colour.replace("rgb(", "rgba(").replace(")", `, ${share})`);
  }

  const ink = (colour) => tok(TOKENS[colour] || "ink-3");
  const soft = (colour) => tok(colour in TOKENS && colour !== "grey" ? `${TOKENS[colour]}-soft` : "sunken");
  const small = () => innerWidth < 700;
  const family = () => getComputedStyle(document.body).fontFamily;

  function axis(across) {
    const both = {
      fixedrange: true, zeroline: false, showline: false, ticks: "", tickangle: 0, automargin: false,
      tickfont: { size: 12, color: tok("ink-3") }, gridcolor: tok("d-grid"), gridwidth: 1,
    };
    return across
      ? { ...both, showgrid: false, showline: true, linecolor: tok("line-2") }
      : { ...both, nticks: 5 };
  }

  function layout(own) {
    const shared = {
      font: { family: family(), size: 12, color: tok("ink-3") },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      autosize: true, showlegend: false, dragmode: false, hovermode: "x unified", bargap: 0.38,
      margin: { l: 40, r: 64, t: 12, b: 26, pad: 4 },
      separators: french ? ",\u202f" : ".,",
      hoverlabel: {
        bgcolor: tok("raised"), bordercolor: tok("line-2"), align: "left",
        font: { family: family(), size: 12, color: tok("ink") },
      },
      colorway: [1, 2, 3, 4, 5, 6].map((place) => tok(`c-${place}`)),
      uniformtext: { mode: "show", minsize: 12 },
      xaxis: axis(true),
      yaxis: axis(false),
    };
    for (const [key, value] of Object.entries(own || {})) {
      const named = /^([xy])axis\d*$/.exec(key);
      if (named) shared[key] = { ...axis(named[1] === "x"), ...value };
      else if (value && typeof value === "object" && !Array.isArray(value)) shared[key] = { ...shared[key], ...value };
      else shared[key] = value;
    }
    return shared;
  }

  const config = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false, showTips: false };

  /* month labels of a time axis: the year under January and under the first one; half as many on a phone, and
     no more than find room in so many pixels */
  function monthTicks(days, every, room) {
    let step = small() ? every * 2 : every;
    while (room && days.length / step > Math.max(2, room / 40)) step += every;
    const tickvals = [];
    const ticktext = [];
    days.forEach((day, place) => {
      if (place % step) return;
      const month = Number(day.slice(5, 7)) - 1;
      const year = month < step || place === 0;
      tickvals.push(day);
      ticktext.push(MONTHS[month] + (year ? `<br>${day.slice(0, 4)}` : ""));
    });
    return { tickmode: "array", tickvals, ticktext };
  }

  const note = (x, y, text, own) => ({
    x, y, text, showarrow: false, font: { size: 12, color: tok("ink-2") }, xanchor: "left", yanchor: "middle", ...own,
  });

  const line = (x, y, name, own) => ({
    type: "scatter", mode: "lines", x, y, name, line: { color: tok("d-actual"), width: 2.25 }, cliponaxis: false, ...own,
  });

  const planLine = () => ({ color: tok("d-plan"), width: 1.5, dash: "4px,3px" });

  function band(x, low, high, colour) {
    return [
      { type: "scatter", mode: "lines", x, y: high, line: { width: 0 }, hoverinfo: "skip" },
      { type: "scatter", mode: "lines", x, y: low, line: { width: 0 }, fill: "tonexty", fillcolor: colour, hoverinfo: "skip" },
    ];
  }

  /* the last point in the ink and shape of its status */
  const lastPoint = (x, y, colour) => ({
    type: "scatter", mode: "markers", x: [x], y: [y], hoverinfo: "skip", cliponaxis: false,
    marker: { size: 11, color: ink(colour), symbol: SHAPES[colour] || "circle", line: { color: tok("surface"), width: 1.5 } },
  });

  function lastKnown(values) {
    for (let place = values.length - 1; place >= 0; place -= 1) if (values[place] !== null) return place;
    return -1;
  }

  const unitText = (unit) => (unit === "%" ? (french ? "\u00a0%" : "%") : unit ? `\u00a0${unit}` : "");

  function format(value, decimals) {
    return new Intl.NumberFormat(french ? "fr-FR" : "en-GB", {
      minimumFractionDigits: decimals, maximumFractionDigits: decimals,
    }).format(value).replace("-", "\u2212");
  }

  window.Portal = Object.assign(window.Portal || {}, {
    charts: {
      recipes: {}, config, MARKS, SHAPES, tok, alpha, ink, soft, small, layout, monthTicks, note, line, planLine, band,
      lastPoint, lastKnown, unitText, format, french,
    },
  });
})();

/* ---- trajectory ---- */
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

/* ---- xmr ---- */
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

/* ---- waterfall ---- */
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

/* ---- course ---- */
/* course: one small panel for each strategic objective, its progress against plan, all on one scale.
   data: {x: ["2025-01-01", …], unit: "%", decimals: 0, words: {actual, expected},
          series: [{code: "S1", name: "…", actual: […], expected: […], colour: "green"}, …]} */
(() => {
  "use strict";
  const C = Portal.charts;

  C.recipes.course = (d) => {
    const columns = Math.min(d.series.length, C.small() ? 2 : innerWidth < 1136 ? 3 : 5);
    const rows = Math.max(1, Math.ceil(d.series.length / columns));
    const text = `%{y:.${d.decimals}f}${C.unitText(d.unit)}`;
    const all = d.series.flatMap((one) => [...one.actual, ...(one.expected || [])]).filter((v) => v !== null);
    const top = Math.max(...all, 1);
    const [wide, high] = [1 / columns, 1 / rows];
    const data = [];
    const own = { height: 40 + rows * (rows > 1 ? 170 : 260), margin: { l: 34, r: 16, t: 34, b: 38 }, annotations: [], hovermode: "x unified" };
    d.series.forEach((one, place) => {
      const n = place ? String(place + 1) : "";
      const column = place % columns;
      const row = Math.floor(place / columns);
      const ceiling = 1 - row * high;
      const axes = { xaxis: `x${n}`, yaxis: `y${n}` };
      own[`xaxis${n}`] = {
        ...C.monthTicks(d.x, Math.max(1, Math.round(d.x.length / (C.small() ? 4 : columns > 3 ? 2 : 4)))), anchor: `y${n}`,
        domain: [column * wide, (column + 1) * wide - (columns > 1 ? 0.025 : 0)],
      };
      own[`yaxis${n}`] = {
        domain: [ceiling - high + (rows > 1 ? 0.11 : 0), ceiling - (rows > 1 ? 0.05 : 0)], range: [Math.min(0, ...all), top * 1.08], anchor: `x${n}`, nticks: 4,
        tickformat: ",", showticklabels: column === 0,
      };
      if (one.expected) data.push({ ...C.line(d.x, one.expected, d.words.expected, { line: C.planLine(), hovertemplate: text }), ...axes });
      data.push({ ...C.line(d.x, one.actual, d.words.actual, { hovertemplate: `<b>${text}</b>` }), ...axes });
      const last = C.lastKnown(one.actual);
      if (last >= 0) {
        data.push({ ...C.lastPoint(d.x[last], one.actual[last], one.colour), ...axes });
        own.annotations.push(C.note(d.x[last], one.actual[last], `<b>${C.format(one.actual[last], d.decimals)}</b>`, {
          xref: `x${n}`, yref: `y${n}`, xanchor: "right", yanchor: "bottom", yshift: 8, xshift: 4,
        }));
      }
      own.annotations.push(C.note(0, 1, `<b>${one.code}</b>`, {
        xref: `x${n} domain`, yref: `y${n} domain`, yanchor: "bottom", yshift: 8, font: { size: 12, color: C.tok("ink") },
      }));
    });
    return { data, layout: own };
  };
})();

/* ---- icicle ---- */
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

/* ---- sankey ---- */
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

/* ---- heatmap ---- */
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

/* ---- figure ---- */
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

/* ---- start ---- */
/* Draws every <figure data-chart="recipe" data-source="id of its json_script"> when it comes into view. The library is
   fetched when the first one does. Where it cannot be had, the figures in the table open instead. */
(() => {
  "use strict";
  const C = Portal.charts;
  const root = document.documentElement;
  const drawn = new Set();
  let library = null;

  function load() {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = document.body.dataset.plotly;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return library;
  }

  function miss(figure) {
    const plot = figure.querySelector("[data-plot]");
    plot.classList.add("is-missing");
    plot.textContent = figure.dataset.missing || "";
    const twin = figure.querySelector("details.twin");
    if (twin) twin.open = true;
  }

  function draw(figure) {
    const plot = figure.querySelector("[data-plot]");
    const source = document.getElementById(figure.dataset.source);
    const recipe = C.recipes[figure.dataset.chart];
    if (!plot || !source || !recipe) return;
    const made = recipe(JSON.parse(source.textContent), plot);
    if (made.layout.height) plot.style.height = `${made.layout.height}px`;
    window.Plotly.react(plot, made.data, C.layout(made.layout), C.config);
    plot.querySelectorAll(".main-svg").forEach((svg) => svg.setAttribute("focusable", "false"));
    drawn.add(figure);
  }

  async function show(figure) {
    try {
      await load();
      draw(figure);
    } catch (error) {
      miss(figure);
      if (window.Plotly) throw error;
    }
  }

  function again() {
    for (const figure of drawn) {
      if (figure.isConnected) draw(figure);
      else drawn.delete(figure);
    }
  }

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      show(entry.target);
    }
  }, { rootMargin: "300px" });

  function watch(part) {
    part.querySelectorAll("figure[data-chart]").forEach((figure) => { if (!drawn.has(figure)) seen.observe(figure); });
  }

  document.addEventListener("themechange", again);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  document.addEventListener("htmx:afterSettle", (event) => watch(event.target.parentElement || document));
  document.addEventListener("toggle", (event) => {
    if (event.target.open) event.target.querySelectorAll("figure[data-chart]").forEach((figure) => seen.observe(figure));
  }, true);

  /* paper is light and about 1040 pixels wide: take both before the browser lays out the print */
  let theme = null;
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme ?? null;
    root.dataset.theme = "light";
    root.classList.add("is-print");
    again();
  });
  addEventListener("afterprint", () => {
    root.classList.remove("is-print");
    if (theme === null) delete root.dataset.theme;
    else root.dataset.theme = theme;
    again();
  });

  watch(document);
})();
