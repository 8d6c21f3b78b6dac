// Draws a chart from the table beside it. The library comes with the first chart; without it, the table stays as it is.

const drawn = new Map();
let library = null;

const color = (name) => {
  // The theme's colours depend on the scheme: the browser works them out.
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
};

const SERIES = ["--accent", "--warning", "--success", "--danger", "--muted"];

function read(figure) {
  const rows = [...figure.querySelectorAll("tbody tr")];
  const names = [...figure.querySelectorAll("thead th")].map((cell) => cell.firstElementChild.textContent.trim());
  return {
    labels: rows.map((row) => row.querySelector("th").textContent.trim()),
    series: names.map((name, at) => ({
      name,
      values: rows.map((row) => {
        const value = row.querySelectorAll("td")[at]?.dataset.value;
        return value === undefined ? null : Number(value);
      }),
    })),
  };
}

function draw(figure, Chart) {
  drawn.get(figure)?.destroy();
  const { labels, series } = read(figure);
  const rtl = document.documentElement.dir === "rtl";
  const [text, line] = [color("--muted"), color("--line")];
  const picture = figure.querySelector(".chart-picture");
  picture.hidden = false;
  const scale = { grid: { color: line }, border: { color: line }, ticks: { color: text } };
  const chart = new Chart(picture.querySelector("canvas"), {
    type: figure.dataset.chart,
    data: {
      labels,
      datasets: series.map(({ name, values }, at) => ({
        label: name,
        data: values,
        backgroundColor: color(SERIES[at % SERIES.length]),
        borderColor: color(SERIES[at % SERIES.length]),
        borderRadius: 3,
        maxBarThickness: 40,
        tension: 0.25,
      })),
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      locale: document.documentElement.lang,
      font: { family: getComputedStyle(document.body).fontFamily },
      plugins: {
        legend: { display: series.length > 1, rtl, labels: { color: text, boxWidth: 12 } },
        tooltip: { rtl, textDirection: rtl ? "rtl" : "ltr" },
      },
      scales: {
        x: { ...scale, reverse: rtl, grid: { display: false } },
        y: { ...scale, beginAtZero: true, position: rtl ? "right" : "left" },
      },
    },
  });
  drawn.set(figure, chart);
}

export async function drawCharts(body) {
  for (const [figure, chart] of drawn) {
    if (figure.isConnected) continue;
    chart.destroy();
    drawn.delete(figure);
  }
  const figures = body.querySelectorAll("figure[data-chart]");
  if (!figures.length) return;
  const address = document.querySelector("[data-chart-library]")?.dataset.chartLibrary;
  try {
    library ??= import(address);
    const { default: Chart } = await library;
    for (const figure of figures) {
      if (!figure.isConnected) continue;
      draw(figure, Chart);
      figure.querySelector("details").open = false;
    }
  } catch {
    library = null;
  }
}

async function redraw() {
  if (!library) return;
  const { default: Chart } = await library;
  for (const figure of drawn.keys()) if (figure.isConnected) draw(figure, Chart);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
new MutationObserver(redraw).observe(document.documentElement, { attributes: true, attributeFilter: ["dir"] });
