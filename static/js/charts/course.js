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
