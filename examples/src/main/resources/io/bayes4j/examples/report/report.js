(() => {
  "use strict";

  const data = JSON.parse(document.getElementById("numbers").textContent);
  const root = document.documentElement;
  const element = (id) => document.getElementById(id);
  const charts = [];
  const rule = data.rule;
  let threshold = rule.threshold;

  // Numbers are written as the rest of the page writes them.
  const share = (value) => {
    if (value === null || !Number.isFinite(value)) return "n/a";
    const distance = Math.min(value, 1 - value);
    const percent = (v, decimals) => `${(100 * v).toFixed(decimals)}\u202f%`;
    if (distance <= 0) return percent(value, 0);
    if (distance < 0.00005) return value < 0.5 ? `< ${percent(0.0001, 2)}` : `> ${percent(0.9999, 2)}`;
    return percent(value, distance < 0.001 ? 2 : 1);
  };
  const significant = (value) => (value === null ? "n/a" : String(Number(value.toPrecision(3))));
  const sum = (values) => values.reduce((total, value) => total + value, 0);

  const colour = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();

  function axis(title, more = {}) {
    const { ticks, ...rest } = more;
    return {
      title: { display: title !== "", text: title, color: colour("soft") },
      grid: { color: colour("edge"), drawTicks: false },
      border: { color: colour("edge") },
      ticks: { color: colour("soft"), padding: 6, maxRotation: 0, ...ticks },
      ...rest,
    };
  }

  const shareAxis = (title, more = {}) => {
    const { ticks, ...rest } = more;
    const decimals = rest.max === 1 ? 0 : undefined;
    const callback = (v) => `${Number((100 * v).toFixed(decimals ?? 2))}\u202f%`;
    return axis(title, { ...rest, ticks: { callback, ...ticks } });
  };

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
              display: datasets.length > 1,
              position: "bottom",
              labels: { color: colour("text"), usePointStyle: true, boxHeight: 7, padding: 14 },
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

  function line(label, points, hue, more = {}) {
    return {
      type: "line",
      label,
      data: points,
      borderColor: colour(hue),
      backgroundColor: colour(hue),
      borderWidth: 2,
      pointRadius: points.length > 40 ? 0 : 3,
      pointHoverRadius: 5,
      spanGaps: true,
      ...more,
    };
  }

  const perPass = (field) => data.history.map((epoch) => ({ x: epoch.number, y: epoch[field] }));

  function drawTraining() {
    if (data.history.length === 0) return;
    const passes = () =>
      axis("pass over the training digits", { type: "linear", ticks: { precision: 0 } });
    const plain = { callbacks: { label: (c) => `${c.dataset.label}: ${significant(c.raw.y)}` } };
    const shares = { callbacks: { label: (c) => `${c.dataset.label}: ${share(c.raw.y)}` } };
    const area = { fill: true, stack: "loss", pointRadius: 0 };
    draw(
      element("loss"),
      "line",
      [
        line("misfit", perPass("trainingNegativeLogLikelihood"), "blue", { ...area, backgroundColor: colour("tint") }),
        line("complexity", perPass("trainingKl"), "grey", { ...area, fill: "-1", backgroundColor: colour("track"), borderDash: [6, 3] }),
      ],
      { x: passes(), y: axis("loss per digit, in nats", { stacked: true, beginAtZero: true }) },
      { tooltip: plain },
    );
    draw(
      element("misfit"),
      "line",
      [
        line("training digits", perPass("trainingNegativeLogLikelihood"), "blue"),
        line("unseen digits", perPass("validationNegativeLogLikelihood"), "orange", { borderDash: [6, 3], pointStyle: "rectRot" }),
      ],
      { x: passes(), y: axis("misfit per digit, in nats", { beginAtZero: true }) },
      { tooltip: plain },
    );
    draw(
      element("accuracy"),
      "line",
      [
        line("training digits", perPass("trainingAccuracy"), "blue"),
        line("unseen digits", perPass("validationAccuracy"), "orange", { borderDash: [6, 3], pointStyle: "rectRot" }),
      ],
      { x: passes(), y: shareAxis("digits read correctly") },
      { tooltip: shares },
    );
    draw(
      element("learning-rate"),
      "line",
      [line("step size", perPass("learningRate"), "green")],
      { x: passes(), y: axis("learning rate", { beginAtZero: true, ticks: { callback: significant } }) },
      { tooltip: plain },
    );
  }

  function drawReliability() {
    if (data.reliability.length === 0) return;
    const points = data.reliability.map((point) => ({ x: point.bin.confidence, y: point.bin.accuracy, ...point }));
    const most = Math.max(...points.map((point) => point.bin.count));
    const radii = points.map((point) => 4 + 10 * Math.sqrt(point.bin.count / most));
    const tooltip = {
      filter: (item) => item.raw.bin !== undefined && item.dataset.type === "line",
      callbacks: {
        title: () => "",
        label: ({ raw }) =>
          `${raw.bin.count} digits: ${share(raw.x)} sure, ${share(raw.y)} right ` +
          `(chance: ${share(raw.lowest)} to ${share(raw.highest)})`,
      },
    };
    draw(
      element("reliability"),
      "scatter",
      [
        line("what it claims and how often it is right", points, "blue", {
          clip: false,
          showLine: false,
          pointRadius: radii,
          pointHoverRadius: radii.map((radius) => radius + 2),
        }),
        {
          type: "bar",
          label: "how far chance may move a dot (95\u202f%)",
          data: points.map((point) => ({ ...point, y: [point.lowest, point.highest] })),
          barThickness: 2,
          borderWidth: 1,
          pointStyle: "line",
          borderColor: colour("text"),
          backgroundColor: colour("text"),
        },
        line("perfectly honest (dashed)", [{ x: 0, y: 0 }, { x: 1, y: 1 }], "grey", { borderDash: [6, 4], pointRadius: 0, pointStyle: "line" }),
      ],
      {
        x: shareAxis("how sure it says it is", { type: "linear", min: 0, max: 1, offset: false }),
        y: shareAxis("how often it is right", { min: 0, max: 1 }),
      },
      { tooltip },
    );
  }

  function drawRiskCoverage() {
    if (data.riskCoverage.length === 0) return;
    const forced = rule.accuracyForced === null ? null : 1 - rule.accuracyForced;
    const steps = Array.from({ length: 101 }, (unused, i) => i / 100);
    const ideal = steps.map((x) => ({ x, y: x === 0 ? 0 : Math.max(0, (x - 1 + forced) / x) }));
    const datasets = [
      line("by uncertainty", data.riskCoverage.map((p) => ({ x: p.coverage, y: p.risk })), "blue", { pointRadius: 0, pointStyle: "line" }),
    ];
    if (forced !== null) {
      const flat = { pointRadius: 0, pointStyle: "line", borderWidth: 1.5 };
      datasets.push(line("at random (dashed)", [{ x: 0, y: forced }, { x: 1, y: forced }], "grey", { ...flat, borderDash: [6, 4] }));
      datasets.push(line("knowing every mistake (dotted)", ideal, "green", { ...flat, borderDash: [2, 3] }));
    }
    if (rule.coverage !== null && rule.accuracyAnswered !== null) {
      datasets.push(
        line("its rule", [{ x: rule.coverage, y: 1 - rule.accuracyAnswered }], "orange", {
          showLine: false,
          pointRadius: 7,
          pointStyle: "rectRot",
          order: -1,
        }),
      );
    }
    draw(
      element("risk-coverage"),
      "line",
      datasets,
      {
        x: shareAxis("digits that get an answer", { type: "linear", min: 0, max: 1, ticks: { stepSize: 0.2 } }),
        y: shareAxis("answers that are wrong", { beginAtZero: true }),
      },
      {
        tooltip: {
          callbacks: {
            title: () => "",
            label: ({ dataset, raw }) => `${dataset.label}: ${share(raw.x)} answered, ${share(raw.y)} of them wrong`,
          },
        },
      },
    );
  }

  function drawHistograms() {
    const { edges, series } = data.histograms;
    const box = element("histograms");
    box.replaceChildren();
    const middles = edges.slice(1).map((edge, i) => (edge + edges[i]) / 2);
    series.forEach((one, index) => {
      const last = index === series.length - 1;
      const name = document.createElement("p");
      name.className = "strip-name";
      name.textContent = `${one.name} (${sum(one.counts).toLocaleString("en-US")})`;
      const strip = document.createElement("div");
      strip.className = last ? "strip last" : "strip";
      const canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `Uncertainty of ${one.name}; the numbers are in the table below`);
      strip.append(canvas);
      box.append(name, strip);
      drawStrip(canvas, one, middles, last);
    });
  }

  function drawStrip(canvas, one, middles, last) {
    const { edges } = data.histograms;
    const total = Math.max(1, sum(one.counts));
    const answered = colour(one.kind === "DIGITS_RIGHT" ? "blue" : "orange");
    const refused = colour("grey");
    const points = middles.map((x, bin) => ({ x, y: one.counts[bin] > 0 ? one.counts[bin] / total : null, bin }));
    const bars = {
      label: one.name,
      data: points,
      backgroundColor: (c) => (threshold === null || c.raw?.x < threshold ? answered : refused),
      barPercentage: 0.94,
      categoryPercentage: 1,
      minBarLength: 1,
    };
    draw(
      canvas,
      "bar",
      [bars],
      {
        x: axis(last ? "uncertainty (predictive entropy), in nats" : "", {
          type: "linear",
          min: edges[0],
          max: edges[edges.length - 1],
          offset: false,
          ticks: { display: last },
        }),
        y: shareAxis("", { beginAtZero: true, ticks: { maxTicksLimit: 3 }, afterFit: (scale) => (scale.width = 52) }),
      },
      {
        thresholdLine: { show: true },
        tooltip: {
          callbacks: {
            title: () => "",
            label: ({ raw }) =>
              `${edges[raw.bin].toFixed(2)} to ${edges[raw.bin + 1].toFixed(2)}: ` +
              `${one.counts[raw.bin].toLocaleString("en-US")} images, ${share(raw.y)}`,
          },
        },
      },
      // The same for all strips, so that their axes stand below each other.
      { autoPadding: false, padding: { top: 2, right: 14 } },
    );
  }

  /** What would happen if images were refused from the given bin on. */
  function sentenceFor(bin) {
    const { edges, series } = data.histograms;
    const below = (one) => sum(one.counts.slice(0, bin));
    const ofKind = (kind) => series.filter((one) => one.kind === kind);
    const right = sum(ofKind("DIGITS_RIGHT").map(below));
    const answered = right + sum(ofKind("DIGITS_WRONG").map(below));
    const digits = sum(series.filter((one) => one.kind !== "FOREIGN").map((one) => sum(one.counts)));
    const refusals = ofKind("FOREIGN").map(
      (one) => `${share(1 - below(one) / Math.max(1, sum(one.counts)))} of ${one.name}`,
    );
    return (
      `Refusing above ${edges[bin].toFixed(2)}: it answers ${share(answered / digits)} of the test digits` +
      (answered > 0 ? `, and ${share(right / answered)} of those answers are right.` : ".") +
      (refusals.length > 0 ? ` It refuses ${refusals.join(", ")}.` : "")
    );
  }

  function setUpSlider() {
    const { edges, series } = data.histograms;
    if (!series.some((one) => one.kind !== "FOREIGN" && sum(one.counts) > 0)) return;
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
    const rest = () => (slider.value = String(nearest(rule.threshold ?? edges[edges.length - 1])));
    rest();
    slider.addEventListener("input", () => show(edges[slider.valueAsNumber], sentenceFor(slider.valueAsNumber)));
    element("reset").addEventListener("click", () => {
      rest();
      show(rule.threshold, rulesSentence);
    });
    slider.closest(".slider").hidden = false;
  }

  function drawAll() {
    charts.splice(0).forEach((chart) => chart.destroy());
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    drawTraining();
    drawReliability();
    drawRiskCoverage();
    drawHistograms();
    document.querySelectorAll("[data-chart]").forEach((box) => {
      const canvas = box.querySelector("canvas");
      box.hidden = canvas === null || Chart.getChart(canvas) === undefined;
    });
  }

  setUpSlider();
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
