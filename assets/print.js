// On paper everything is light and every picture as wide as the sheet, whatever the screen shows.
(() => {
  const WIDTH = 680; // px between the margins of an upright sheet, A4 or Letter
  const MIDDLE = 0.5; // of lightness: a lighter ground takes dark ink, as in demo/figures/theme.py

  // [light, dark] of every scale of colours, a single colour being a scale of one.
  const { colours, readers, labels, diverging } = headlineAttention.theme;
  const single = [...Object.values(colours), ...labels].map((pair) => pair.map((colour) => [colour]));
  const SCALES = [...readers, diverging, ...single];

  const channels = (colour) =>
    colour.startsWith("#")
      ? [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16))
      : colour.match(/[\d.]+/g).slice(0, 3).map(Number);
  const between = (from, to, share) => from.map((value, index) => value + share * (to[index] - value));
  const product = (one, other) => one.reduce((sum, value, index) => sum + value * other[index], 0);

  // The colour at the same place of the light twin of the dark scale that it lies on, or nearest to.
  const nearest = (colour) => {
    const sought = channels(colour);
    let best = { far: Infinity };
    for (const [light, dark] of SCALES.map((pair) => pair.map((scale) => scale.map(channels)))) {
      for (let step = 0; step + 1 < dark.length; step += 1) {
        const along = dark[step + 1].map((value, index) => value - dark[step][index]);
        const away = sought.map((value, index) => value - dark[step][index]);
        const share = Math.min(Math.max(product(away, along) / product(along, along), 0), 1);
        const gap = between(dark[step], dark[step + 1], share).map((value, index) => value - sought[index]);
        const far = product(gap, gap);
        if (far < best.far) best = { far, light: between(light[step], light[step + 1], share) };
      }
    }
    return best.light.map(Math.round);
  };

  // A figure's data or layout with each colour of the dark page replaced by its light twin.
  const lit = (value, twins) => {
    if (typeof value === "string") return twins.get(value) ?? value;
    if (Array.isArray(value)) return value.map((one) => lit(one, twins));
    if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, lit(one, twins)]));
  };

  const printPlot = (plot, dark) => {
    const { data, layout } = plot;
    const height = plot.clientHeight;
    const twins = new Map(dark ? SCALES.flatMap(([light, twin]) => twin.map((one, step) => [one, light[step]])) : []);
    Plotly.react(plot, lit(data, twins), { ...lit(layout, twins), width: WIDTH, height, autosize: false });
    return () => Plotly.react(plot, data, layout);
  };

  const printWord = (word) => {
    const { background, color } = word.style;
    const ground = nearest(background);
    word.style.background = `rgb(${ground})`;
    word.style.color = product(ground, [0.299, 0.587, 0.114]) / 255 > MIDDLE ? "#17181f" : "#ffffff";
    return () => Object.assign(word.style, { background, color });
  };

  let undo; // what brings the screen back
  const print = () => {
    if (undo) return;
    const dark = document.body.classList.contains("dark");
    const shown = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
    undo = [];
    for (const picture of shown(".block[id]:has(.js-plotly-plot)")) {
      picture.dataset.printed = headlineAttention.titleOf(picture);
    }
    undo.push(...shown(".js-plotly-plot").map((plot) => printPlot(plot, dark)));
    if (!dark) return;
    document.body.classList.replace("dark", "printed");
    undo.push(() => document.body.classList.replace("printed", "dark"));
    undo.push(...shown(".word[style]").map(printWord)); // those that have a colour
  };
  const back = () => {
    undo?.forEach((one) => one());
    undo = undefined;
  };

  window.addEventListener("beforeprint", print);
  window.addEventListener("afterprint", back);
  // Where a page is shown as printed without being printed, as browsers' tools do.
  matchMedia("print").addEventListener("change", ({ matches }) => (matches ? print() : back()));
})();
