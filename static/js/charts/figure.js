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

  C.recipes.figure = (d) => ({ data: coloured(d.data), layout: coloured(d.layout || {}) });
})();
