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
