(() => {
  "use strict";

  const data = JSON.parse(document.getElementById("numbers").textContent);
  const root = document.documentElement;
  const element = (id) => document.getElementById(id);
  const charts = [];
  const strips = data.strips;
  let threshold = strips ? strips.threshold : null;

  // Numbers are written as the rest of the page writes them.
  const share = (value) => {
    if (value === null || !Number.isFinite(value)) return "n/a";
    const distance = Math.min(value, 1 - value);
    const percent = (v, decimals) => `${(100 * v).toFixed(decimals)}\u202f%`;
    if (distance <= 0) return percent(value, 0);
    if (distance < 0.00005) return value < 0.5 ? `< ${percent(0.0001, 2)}` : `> ${percent(0.9999, 2)}`;
    return percent(value, distance < 0.001 ? 2 : 1);
  };
  const significant = (value) => (value === null ? "n/a" : String(Number(value.toPrecision(5))));
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const words = (axis, value) => (axis.share ? share(value) : significant(value));

  const colour = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
  const faint = (hue) => `${colour(hue)}33`;

  function scale(axis, more = {}) {
    const { ticks, ...rest } = more;
    const tick = axis.share
      ? (v) => `${Number((100 * v).toFixed(axis.max === 1 ? 0 : 2))}\u202f%`
      : (v) => significant(v);
    return {
      type: "linear",
      title: { display: axis.title !== "", text: axis.title, color: colour("soft") },
      grid: { color: colour("edge"), drawTicks: false },
      border: { color: colour("edge") },
      ticks: { color: colour("soft"), padding: 6, maxRotation: 0, includeBounds: axis.min !== null, callback: tick, ...ticks },
      beginAtZero: axis.zero,
      ...(axis.min === null ? {} : { min: axis.min }),
      ...(axis.max === null ? {} : { max: axis.max }),
      ...rest,
    };
  }

  /** The ends of an axis along which points lie: its own, or those of the points. */
  function ends(axis, series) {
    const places = series.flatMap((one) => one.points.map((point) => point[0]));
    const span = Math.max(...places) - Math.min(...places);
    const dots = series.every((one) => one.style === "dots" || one.style === "intervals");
    const margin = dots ? 0.03 * span : 0;
    const ticks = places.every(Number.isInteger) ? { precision: 0 } : {};
    return axis.min !== null || axis.zero || span === 0
      ? { ticks }
      : { ticks, min: Math.min(...places) - margin, max: Math.max(...places) + margin };
  }

  function draw(canvas, type, datasets, scales, plugins = {}, layout = {}) {
    charts.push(
      new Chart(canvas, {
        type,
        data: { datasets },
        options: {
          animation: false,
          maintainAspectRatio: false,
          interaction: { mode: "nearest", axis: "x", intersect: false },
          layout,
          scales,
          plugins: {
            legend: {
              display: datasets.filter((one) => one.label !== undefined).length > 1,
              position: "bottom",
              labels: {
                color: colour("text"),
                usePointStyle: true,
                boxHeight: 7,
                padding: 14,
                filter: (item) => item.text !== undefined,
              },
            },
            ...plugins,
          },
        },
        plugins: [thresholdLine],
      }),
    );
  }

  /** An upright line where answers end and refusals begin, in charts that ask for one. */
  const thresholdLine = {
    id: "thresholdLine",
    afterDatasetsDraw(chart, unused, options) {
      if (options.show !== true || threshold === null) return;
      const x = chart.scales.x.getPixelForValue(threshold);
      const { top, bottom, left, right } = chart.chartArea;
      const context = chart.ctx;
      context.save();
      context.strokeStyle = colour("text");
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(Math.min(Math.max(x, left), right), top);
      context.lineTo(Math.min(Math.max(x, left), right), bottom);
      context.stroke();
      context.restore();
    },
  };

  const xy = (points) => points.map(([x, y, more]) => ({ x, y, more }));

  function line(one, more = {}) {
    return {
      type: "line",
      label: one.label,
      data: xy(one.points),
      borderColor: colour(one.hue),
      backgroundColor: colour(one.hue),
      borderWidth: 2,
      pointRadius: one.points.length > 40 ? 0 : 3,
      pointHoverRadius: 5,
      pointStyle: one.points.length > 40 ? "line" : "circle",
      spanGaps: true,
      ...more,
    };
  }

  function dots(one) {
    const most = Math.max(...one.points.map((point) => point[2] ?? 0));
    const plain = one.points.length > 100 ? 2 : 4;
    const radii = one.points.map((point) => (point[2] === undefined ? plain : 3 + 7 * Math.sqrt(point[2] / most)));
    return line(one, {
      backgroundColor: plain === 2 ? `${colour(one.hue)}99` : colour(one.hue),
      borderColor: plain === 2 ? "transparent" : colour(one.hue),
      clip: false,
      showLine: false,
      pointStyle: "circle",
      pointRadius: radii,
      pointHoverRadius: radii.map((radius) => radius + 2),
    });
  }

  const guide = (one, dash) =>
    line(one, { pointRadius: 0, pointHitRadius: 0, pointStyle: "line", borderWidth: 1.5, borderDash: dash });

  /** What Chart.js draws for a series; a band is its lower edge without a name, and its filled upper. */
  const datasets = {
    line: (one) => [line(one)],
    dashed: (one) => [line(one, { borderDash: [6, 3], pointStyle: one.points.length > 40 ? "line" : "rectRot" })],
    guide: (one) => [guide(one, [6, 4])],
    dotted_guide: (one) => [guide(one, [2, 3])],
    dots: (one) => [dots(one)],
    mark: (one) => [line(one, { showLine: false, pointRadius: 7, pointStyle: "rectRot", order: -1 })],
    intervals: (one) => [
      {
        type: "bar",
        label: one.label,
        data: one.points.map(([x, from, to]) => ({ x, y: [from, to], from, to })),
        barThickness: 2,
        borderWidth: 1,
        pointStyle: "line",
        borderColor: colour(one.hue),
        backgroundColor: colour(one.hue),
      },
    ],
    band: (one) => {
      const edge = { type: "line", borderWidth: 0, pointRadius: 0, pointHitRadius: 0, order: 5 };
      const of = (index) => one.points.map((point) => ({ x: point[0], y: point[index], from: point[1], to: point[2] }));
      return [
        { ...edge, data: of(1), borderColor: "transparent", backgroundColor: "transparent" },
        { ...edge, label: one.label, data: of(2), fill: { target: "-1", above: faint(one.hue), below: faint(one.hue) }, backgroundColor: `${colour(one.hue)}80`, borderColor: "transparent", pointStyle: "rect" },
      ];
    },
  };

  function drawChart(chart) {
    const drawn = chart.series.flatMap((one) => datasets[one.style](one));
    const type = chart.series.some((one) => one.style === "intervals") ? "scatter" : "line";
    const tooltip = {
      filter: (item) => item.dataset.label !== undefined && item.dataset.pointHitRadius !== 0,
      callbacks: {
        title: () => "",
        label: ({ dataset, raw }) => {
          const value =
            raw.from !== undefined
              ? `${words(chart.y, raw.from)} to ${words(chart.y, raw.to)}`
              : words(chart.y, raw.y) + (raw.more === undefined ? "" : ` (${raw.more.toLocaleString("en-US")})`);
          return `${dataset.label}: ${value} at ${words(chart.x, raw.x)}`;
        },
      },
    };
    draw(
      element(chart.id),
      type,
      drawn,
      { x: scale(chart.x, { offset: false, ...ends(chart.x, chart.series) }), y: scale(chart.y) },
      { tooltip },
    );
  }

  function drawStrips() {
    if (!strips) return;
    const box = element("histograms");
    box.replaceChildren();
    strips.sets.forEach((one, index) => {
      const last = index === strips.sets.length - 1;
      const name = document.createElement("p");
      name.className = "strip-name";
      name.textContent = `${one.name} (${sum(one.counts).toLocaleString("en-US")})`;
      const strip = document.createElement("div");
      strip.className = last ? "strip last" : "strip";
      const canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `Uncertainty of ${one.name}; the numbers are in the table below`);
      canvas.dataset.name = name.textContent;
      strip.append(canvas);
      box.append(name, strip);
      drawStrip(canvas, one, last);
    });
  }

  function drawStrip(canvas, one, last) {
    const { edges } = strips;
    const total = Math.max(1, sum(one.counts));
    const answered = colour(one.kind === "right" || one.kind === "unknown" ? "blue" : "orange");
    const refused = colour("grey");
    const points = one.counts.map((count, bin) => ({
      x: (edges[bin] + edges[bin + 1]) / 2,
      y: count > 0 ? count / total : null,
      bin,
    }));
    const bars = {
      label: one.name,
      data: points,
      backgroundColor: (c) => (threshold === null || c.raw?.x < threshold ? answered : refused),
      barPercentage: 0.94,
      categoryPercentage: 1,
      minBarLength: 1,
    };
    const title = last ? "uncertainty (predictive entropy), in nats" : "";
    const along = { title, share: false, min: edges[0], max: edges[edges.length - 1], zero: false };
    const shares = { title: "", share: true, min: null, max: null, zero: true };
    draw(
      canvas,
      "bar",
      [bars],
      {
        x: scale(along, { offset: false, ticks: { display: last, callback: (v) => String(Number(v.toFixed(2))) } }),
        y: scale(shares, { ticks: { maxTicksLimit: 3 }, afterFit: (axis) => (axis.width = 52) }),
      },
      {
        thresholdLine: { show: true },
        tooltip: {
          callbacks: {
            title: () => "",
            label: ({ raw }) =>
              `${edges[raw.bin].toFixed(2)} to ${edges[raw.bin + 1].toFixed(2)}: ` +
              `${one.counts[raw.bin].toLocaleString("en-US")}, ${share(raw.y)}`,
          },
        },
      },
      // The same for all strips, so that their axes stand below each other.
      { autoPadding: false, padding: { top: 2, right: 14 } },
    );
  }

  /** What would happen if examples were refused from the given bin on. */
  function sentenceFor(bin) {
    const { edges, sets } = strips;
    const below = (one) => sum(one.counts.slice(0, bin));
    const ofKind = (kind) => sets.filter((one) => one.kind === kind);
    const right = sum(ofKind("right").map(below));
    const own = sets.filter((one) => one.kind !== "foreign");
    const answered = sum(own.map(below));
    const told = own.every((one) => one.kind !== "unknown");
    const refusals = ofKind("foreign").map(
      (one) => `${share(1 - below(one) / Math.max(1, sum(one.counts)))} of ${one.name}`,
    );
    return (
      `Refusing above ${edges[bin].toFixed(2)}: it answers ` +
      `${share(answered / sum(own.map((one) => sum(one.counts))))} of the ${data.noun}` +
      (answered > 0 && told ? `, and ${share(right / answered)} of those answers are right.` : ".") +
      (refusals.length > 0 ? ` It refuses ${refusals.join(", ")}.` : "")
    );
  }

  function setUpSlider() {
    if (!strips) return;
    const { edges } = strips;
    const slider = element("threshold");
    const output = element("at-threshold");
    const rulesSentence = output.textContent;
    const nearest = (value) =>
      edges.reduce((best, edge, i) => (Math.abs(edge - value) < Math.abs(edges[best] - value) ? i : best), 0);
    const show = (value, sentence) => {
      threshold = value;
      output.textContent = sentence;
      charts.filter((chart) => chart.options.plugins.thresholdLine?.show).forEach((chart) => chart.update("none"));
    };
    slider.max = String(edges.length - 1);
    const rest = () => (slider.value = String(nearest(strips.threshold ?? edges[edges.length - 1])));
    rest();
    slider.addEventListener("input", () => show(edges[slider.valueAsNumber], sentenceFor(slider.valueAsNumber)));
    element("reset").addEventListener("click", () => {
      rest();
      show(strips.threshold, rulesSentence);
    });
    slider.closest(".slider").hidden = false;
  }

  /** An SVG as it is shown, in a canvas. */
  async function canvasOf(svg, ratio) {
    const canvas = document.createElement("canvas");
    canvas.width = svg.clientWidth * ratio;
    canvas.height = svg.clientHeight * ratio;
    const copy = svg.cloneNode(true);
    copy.setAttribute("width", canvas.width);
    copy.setAttribute("height", canvas.height);
    copy.setAttribute("fill", colour("text"));
    const image = new Image();
    const text = new XMLSerializer().serializeToString(copy);
    image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
    await image.decode();
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas;
  }

  /** The charts of a figure below its heading, as a picture on the page's ground. */
  async function picture(figure) {
    const drawn = [...figure.querySelectorAll("canvas")];
    const ratio = drawn.length ? drawn[0].width / drawn[0].clientWidth : devicePixelRatio;
    const svg = figure.querySelector(":scope > svg");
    const parts = svg ? [...drawn, await canvasOf(svg, ratio)] : drawn;
    const heading = figure.querySelector("h3").textContent;
    const title = 30 * ratio;
    const gap = (part) => (part.dataset.name ? 20 * ratio : 0);
    const whole = document.createElement("canvas");
    whole.width = Math.max(...parts.map((part) => part.width)) + 20 * ratio;
    whole.height = title + sum(parts.map((part) => part.height + gap(part))) + 10 * ratio;
    const context = whole.getContext("2d");
    const family = getComputedStyle(document.body).fontFamily;
    context.fillStyle = colour("card");
    context.fillRect(0, 0, whole.width, whole.height);
    context.fillStyle = colour("text");
    context.font = `600 ${14 * ratio}px ${family}`;
    context.fillText(heading, 10 * ratio, 20 * ratio, whole.width - 20 * ratio);
    context.font = `${12 * ratio}px ${family}`;
    let top = title;
    parts.forEach((part) => {
      context.fillText(part.dataset.name ?? "", 10 * ratio, top + 14 * ratio);
      context.drawImage(part, 10 * ratio, top + gap(part));
      top += part.height + gap(part);
    });
    return whole.toDataURL("image/png");
  }

  function setUpSaving() {
    document.querySelectorAll("figure").forEach((figure, number) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "save";
      button.textContent = "Save as PNG";
      button.addEventListener("click", async () => {
        const link = document.createElement("a");
        link.href = await picture(figure);
        link.download = `${figure.querySelector("[id]")?.id ?? `figure-${number + 1}`}.png`;
        link.click();
      });
      figure.querySelector("figcaption").after(button);
    });
  }

  function drawAll() {
    charts.splice(0).forEach((chart) => chart.destroy());
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    data.charts.forEach(drawChart);
    drawStrips();
  }

  setUpSlider();
  setUpSaving();
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);

  // Paper is white: print in the light colours, whatever the screen shows.
  addEventListener("beforeprint", () => {
    root.dataset.printing = "";
    drawAll();
    charts.forEach((chart) => chart.resize());
  });
  addEventListener("afterprint", () => {
    delete root.dataset.printing;
    drawAll();
  });
})();
