// Shows what the server tells; every text of a record becomes text of the page, never HTML.
"use strict";

const byId = id => document.getElementById(id);
let launch = null;         // as the server told it last
let clockAheadS = 0;       // the server's clock against the browser's
let wanted = null;         // name of the one series that is drawn

const element = (name, className, ...content) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
};

const say = (id, text) => {
  const place = byId(id);
  if (place.textContent !== text) place.textContent = text;
};

// what has not changed stays: it may be selected or scrolled, or be read out where it is new
const fill = (id, ...children) => {
  const place = byId(id);
  const isSame = place.childNodes.length === children.length
    && children.every((child, at) => child.isEqualNode(place.childNodes[at]));
  if (!isSame) place.replaceChildren(...children);
};

const nowS = () => Date.now() / 1000 + clockAheadS;

const duration = seconds => {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.round(whole / 60)} min`;
  return whole < 172800 ? `${Math.round(whole / 3600)} h` : `${Math.round(whole / 86400)} days`;
};

const ago = timeS => `${duration(nowS() - timeS)} ago`;

const rounded = (value, digits) => value === null || value === undefined ? "-" : value.toFixed(digits);

// `texts`: so many columns at the left are no numbers
const table = (headings, rows, texts = () => false) => {
  const kind = place => place === 0 || texts(place) ? "text" : "";
  const head = element("tr", "", ...headings.map((heading, place) => {
    const cell = element("th", kind(place), heading);
    cell.scope = "col";
    return cell;
  }));
  const body = rows.map(row => element("tr", "", ...row.map((cell, place) => element("td", kind(place), cell))));
  return element("table", "", element("thead", "", head), element("tbody", "", ...body));
};

// without telemetry only a line tells that a launch is alive
const silentS = () =>
  launch.status || launch.running !== null || launch.newest_line_s === null ? 0 : nowS() - launch.newest_line_s;

const showStatus = () => {
  const chip = byId("status");
  const set = (text, kind) => { say("status", text); chip.className = `chip ${kind}`; };
  if (!launch) return set("waiting", "");
  if (launch.status === "complete") return set("complete", "good");
  if (launch.status === "failed") return set("failed", "critical");
  if (launch.status) return set(launch.status, "warning");
  if (silentS() > launch.silence_s) return set(`no line for ${duration(silentS())}: killed?`, "warning");
  return set("under way", "running");
};

const showNow = () => {
  const last = launch.last_run;
  const before = last
    ? `Last recorded: run ${last.run ?? "?"} of ${last.point}${last.success ? "" : ", which failed"}`
      + `${last.unix_time_s === null ? "" : `, ${ago(last.unix_time_s)}`}.`
    : "No run has been recorded yet.";
  const running = launch.running ? `Now: ${launch.running}. ` : launch.running === "" ? "Now: between two runs. " : "";
  say("now", running + before);
};

const showAges = () => {
  if (!launch) return;
  showStatus();
  showNow();
  const isKnown = launch.left_s !== null && silentS() <= launch.silence_s;
  say("left", isKnown ? `about ${duration(launch.left_s)} left at the pace so far` : "");
  showTiles();
  say("newest", launch.newest_line_s === null ? "without a time" : ago(launch.newest_line_s));
  showHardwareNote();
};

const showProgress = () => {
  const {text, fraction} = launch.progress;
  const bar = byId("progress");
  if (fraction === null) bar.removeAttribute("value"); else bar.value = fraction;
  bar.hidden = fraction === null;
  say("progress-text", text);
  document.title = `${fraction === null ? "" : `${Math.floor(100 * fraction)} % `}${launch.title} - laue-bench`;
};

const tile = (id, name, value, of) => {
  const shown = element("span", "value", value);
  shown.id = id;
  return element("div", "headline", element("span", "name", name), shown, element("span", "unit", of));
};

const showTiles = () => {
  const {last_success: last, best, hardware} = launch;
  const tiles = [
    tile("last-throughput", "last throughput", last ? last.throughput_per_min : "-",
      `reconstructions/min${last ? `, ${last.point}` : ""}`),
    tile("last-time", "last time", last ? last.time_s : "-", `s${last ? `, ${last.point}` : ""}`),
    tile("best", "best so far, at the median", best ? best.throughput_per_min : "-",
      `reconstructions/min${best ? `, ${best.point}` : ""}`),
  ];
  if (hardware && !hardware.problem && nowS() - hardware.unix_time_s <= hardware.fresh_s) {
    const {memory_used_gib: used, memory_gib: whole} = hardware;
    tiles.push(
      tile("cpu", "CPUs busy", rounded(hardware.cpu_busy_percent, 0), `% of all cores, ${hardware.host}`),
      tile("memory", "memory in use", rounded(used, used < 10 ? 2 : 1), `of ${rounded(whole, 1)} GiB`),
    );
  }
  fill("tiles", ...tiles);
};

const showAlerts = () => {
  const items = launch.alerts.map(({level, text}) =>
    element("li", level, element("span", "severity", level), text));
  fill("alerts", ...(items.length ? items : [element("li", "", "none")]));
};

const withColours = series => {
  const places = new Map(launch.points.rows.map((row, place) => [row[0], place]));
  return series.map(entry => ({...entry, colour: places.get(entry.name) ?? places.size}))
    .sort((one, other) => one.colour - other.colour);
};

const legendButton = ({name, colour: place}) => {
  const {colour, mark} = charts.looks(place);
  const sign = element("span", "mark", mark);
  sign.style.color = colour;
  sign.setAttribute("aria-hidden", "true");
  const button = element("button", "", sign, name);
  button.type = "button";
  button.setAttribute("aria-pressed", String(wanted === name));
  button.addEventListener("click", () => { wanted = wanted === name ? null : name; showTrends(); });
  return button;
};

const showTrends = () => {
  const series = withColours(launch.trends.series);
  if (!series.some(entry => entry.name === wanted)) wanted = null;
  const hasFocus = byId("series").contains(document.activeElement) ? document.activeElement.textContent : null;
  byId("series").replaceChildren(...series.map(legendButton));
  for (const button of byId("series").children) if (button.textContent === hasFocus) button.focus();
  const drawn = series.filter(entry => wanted === null || entry.name === wanted);
  const hasLine = drawn.length === 1 && drawn[0].baseline_s;
  const hints = [
    launch.trends.note && `${launch.trends.note}.`,
    series.length > 1 && "A click on a point's name shows it alone, another shows all.",
    hasLine && "Dashed: the baseline's median.",
  ];
  say("trends-note", hints.filter(Boolean).join(" "));
  charts.trend("chart-time", series, "time_s", "baseline_s", "s", wanted);
  charts.trend("chart-throughput", series, "throughput_per_min", "baseline_per_min", "/min", wanted);
};

const showHardwareNote = () => {
  const {hardware} = launch;
  if (!hardware) {
    say("hardware-note", "The launch writes no telemetry: laue-bench run --telemetry FILE does.");
    return;
  }
  if (hardware.problem) { say("hardware-note", hardware.problem); return; }
  const age = nowS() - hardware.unix_time_s;
  const load = hardware.load_average.map(value => value.toFixed(2)).join(", ");
  const parts = [
    `Node ${hardware.host}, all that runs there: ${rounded(hardware.cpu_busy_percent, 0)} % of the cores busy`,
    load && `load average ${load} (1, 5 and 15 minutes)`,
    `as of ${ago(hardware.unix_time_s)}${age > hardware.fresh_s ? ": no line since" : ""}`,
  ];
  const unknown = hardware.unavailable.length ? ` Not known: ${hardware.unavailable.join("; ")}.` : "";
  say("hardware-note", `${parts.filter(Boolean).join("; ")}.${unknown}`);
};

const showHardware = () => {
  const {hardware} = launch;
  showHardwareNote();
  const isTold = Boolean(hardware) && !hardware.problem;
  byId("hardware-charts").hidden = !isTold;
  byId("gpus").hidden = !isTold || !hardware.gpus.length;
  if (!isTold) return;
  const {trend} = hardware;
  byId("figure-power").hidden = !trend.gpu_power_w.length;  // first: charts are as wide as they find room
  const newestS = trend.unix_time_s.at(-1);
  const seconds = trend.unix_time_s.map(timeS => timeS - newestS);
  charts.history("chart-cpu", seconds, [trend.cpu_busy_percent], 105);
  charts.history("chart-memory", seconds, [trend.memory_used_gib], hardware.memory_gib);
  if (trend.gpu_power_w.length) charts.history("chart-power", seconds, trend.gpu_power_w);
  const headings = ["GPU", "power", "memory in use", "clock", "temperature", "clock held back by"];
  fill("gpus", table(headings, hardware.gpus.map(gpu => [gpu.uuid, ...gpu.cells]), place => place === headings.length - 1));
};

// what stands between backquotes is a command
const sentence = text =>
  element("li", "", ...text.split("`").map((piece, place) => place % 2 ? element("code", "", piece) : piece));

const part = ({title, headings, rows, sentences}) => {
  const found = [element("h3", "", title)];
  if (rows.length) {
    const frame = element("div", "wide", table(headings, rows, place => /verdict|what/.test(headings[place])));
    frame.tabIndex = 0;
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", title);
    found.push(frame);
  }
  if (sentences.length) found.push(element("ul", "sentences", ...sentences.map(sentence)));
  return found;
};

const showComparison = () => {
  const {comparison} = launch;
  byId("comparison-section").hidden = !comparison;
  if (!comparison) return;
  say("conclusion", comparison.problem || `${comparison.base}: ${comparison.conclusion}.`);
  fill("comparison", ...comparison.parts.flatMap(part));
};

const showHistory = () => {
  const {history} = launch;
  byId("history-section").hidden = !history;
  if (!history) return;
  say("history-note", history.note);
  const isText = place => /host|version|tag|best|file/.test(history.headings[place]);
  fill("history", table(history.headings, history.rows, isText));
};

const showLaunch = () => {
  say("title", launch.title);
  say("launch", launch.launch);
  say("work", launch.work ?? "");
  showProgress();
  showAlerts();
  showTrends();
  fill("points", table(launch.points.headings, launch.points.rows));
  showHardware();
  showComparison();
  showHistory();
};

const show = state => {
  clockAheadS = state.now_s - Date.now() / 1000;
  launch = state.launch;
  say("file", state.file);
  say("problem", state.problem);
  byId("problem").hidden = !state.problem;
  byId("content").hidden = !launch;
  if (launch) showLaunch();
  else for (const id of ["launch", "work"]) say(id, "");
  showStatus();
  showAges();
};

const follow = () => {
  const events = new EventSource("/events");
  events.onopen = () => { byId("connection").hidden = true; };
  events.onerror = () => { byId("connection").hidden = false; };
  events.onmessage = event => show(JSON.parse(event.data));
};

setInterval(showAges, 1000);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { if (launch) showLaunch(); });
follow();
