"use strict";
(() => {
  // Inches of a printed page between its margins, in CSS pixels.
  const printWidth = 680;
  const drawn = [];

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function themed(layout, ink, line) {
    const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, tickcolor: line };
    const found = {
      ...layout,
      font: { color: ink, family: "system-ui, sans-serif", size: 12 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      margin: { l: 8, r: 12, t: layout.title ? 40 : 12, b: 8, ...layout.margin },
      legend: { orientation: "h", yref: "container", yanchor: "bottom", y: 0, x: 0, traceorder: "normal", ...layout.legend },
      dragmode: false,
      hoverlabel: { font: { size: 12 } },
    };
    for (const name of ["xaxis", "yaxis"]) {
      found[name] = { ...axis, ...layout[name], automargin: true, fixedrange: true };
    }
    return found;
  }

  function redraw(ink, line, width) {
    for (const { place, record } of drawn) {
      const layout = themed(record.layout, ink, line);
      if (width) {
        layout.width = width;
      }
      Plotly.react(place, record.data, layout, { responsive: true, displaylogo: false, displayModeBar: false });
    }
  }

  function onScreen() {
    redraw(colour("--ink"), colour("--line"), null);
  }

  for (const script of document.querySelectorAll("script.plot-data")) {
    drawn.push({ place: document.getElementById(script.dataset.plot), record: JSON.parse(script.textContent) });
  }
  onScreen();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onScreen);
  addEventListener("beforeprint", () => redraw("#000000", "#bbbbbb", printWidth));
  addEventListener("afterprint", onScreen);
})();
