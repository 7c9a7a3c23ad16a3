// Charts that follow what is measured; they take numbers and colours, and know nothing of records.
"use strict";

const charts = (() => {
  // those of the report
  const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#6A6A6A"];
  // the shape changes when the colours begin again
  const SYMBOLS = [["circle", "●"], ["square", "■"], ["triangle-up", "▲"], ["diamond", "◆"], ["triangle-down", "▼"]];
  const GRID = "rgba(128,128,128,0.3)";

  const looks = place => {
    const [symbol, mark] = SYMBOLS[Math.floor(place / COLOURS.length) % SYMBOLS.length];
    return {colour: COLOURS[place % COLOURS.length], symbol, mark};
  };

  // Plotly takes some of what stands between angle brackets for HTML
  const plain = text => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

  const axis = (title, more) =>
    ({title: {text: title, font: {size: 12}}, gridcolor: GRID, zerolinecolor: GRID, automargin: true,
      ticks: "outside", ticklen: 5, tickcolor: "rgba(0,0,0,0)", ...more});

  const textColour = () => getComputedStyle(document.documentElement).getPropertyValue("--ink").trim();

  const draw = (id, traces, xAxis, yAxis, lines = []) => {
    const layout = {
      xaxis: xAxis, yaxis: yAxis, showlegend: false, font: {color: textColour(), size: 12},
      margin: {l: 10, r: 10, t: 10, b: 10}, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      hovermode: "closest", uirevision: "kept",
      shapes: lines.map(y => ({
        type: "line", xref: "paper", x0: 0, x1: 1, y0: y, y1: y, line: {dash: "dash", width: 1.5, color: textColour()},
      })),
    };
    return Plotly.react(id, traces, layout, {responsive: true, displaylogo: false, displayModeBar: false});
  };

  // `wanted`: the one series that is drawn; null: all. A baseline is drawn for a single one
  const trend = (id, series, member, baseline, unit, wanted) => {
    const drawn = series.filter(entry => wanted === null || entry.name === wanted);
    const traces = drawn.map(entry => {
      const {colour, symbol} = looks(entry.colour);
      return {
        x: entry.place, y: entry[member], name: plain(entry.name), mode: "lines+markers",
        marker: {color: colour, symbol, size: 8}, line: {color: colour, width: 1},
        hovertemplate: `%{y:.4g} ${unit}<br>run %{x}<extra>%{fullData.name}</extra>`,
      };
    });
    const lines = drawn.length === 1 && drawn[0][baseline] ? [drawn[0][baseline]] : [];
    const upper = Math.max(0, ...traces.flatMap(trace => trace.y), ...lines);
    return draw(id, traces, axis("run of this launch", {tickformat: "d", minallowed: 0, nticks: 8}),
      axis("", {range: [0, upper * 1.08 || 1]}), lines);
  };

  const history = (id, seconds, rows, upper) => {
    const traces = rows.map((values, place) => ({
      x: seconds, y: values, mode: "lines", line: {color: looks(place).colour, width: 1.5},
      hovertemplate: "%{y:.4g}<extra></extra>",
    }));
    const largest = Math.max(0, ...rows.flat().filter(value => value !== null));
    return draw(id, traces, axis("seconds before the newest line", {range: [Math.min(-60, seconds[0] ?? 0), 0], nticks: 7}),
      axis("", {range: [0, upper ?? (largest * 1.08 || 1)], nticks: 5}));
  };

  return {looks, trend, history};
})();
