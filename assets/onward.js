// The way on from the heads of the small transformer to its verdict, and the places that words stand
// at: the numbers of each stage for the word that asks in Inside, or for the text as one.
(() => {
  const bridge = window.headlineAttention;
  const { letters: { escaped }, say } = bridge;
  const { bar, largest, numberCell, opened, percent, signed, strip } = bridge.strips;
  const SHARES = ["probabilities", "verdict"]; // stages that give each label a share
  const OF_LABELS = ["logits", ...SHARES]; // and those that have a number for each label
  const MOST_LABELS = 6;

  const states = new WeakMap();

  const line = ({ labels }) => (value, index) =>
    `<div class="share"><span>${escaped(labels[index])}</span>${numberCell(signed(value))}</div>`;
  const stage = ({ data, arrays, query }, name) => {
    const values = arrays[name], title = data.titles[name];
    const each = Array.isArray(values[0]), row = each ? values[query] : values;
    const written = OF_LABELS.includes(name) ? values.slice(0, MOST_LABELS).map(line(data)).join("") : "";
    const what = each ? say("onward.of", { what: title, word: data.tokens[query] }) : title;
    return strip(`onward-${name}`, what, row, largest([row]), { reached: true }) + written;
  };
  // The labels with their bars; of many, those that get most.
  const shares = ({ labels }, values) => {
    const order = values.map((_, index) => index);
    if (order.length > MOST_LABELS) order.sort((one, other) => values[other] - values[one]);
    const colours = bridge.theme.labels.length;
    return order
      .slice(0, MOST_LABELS)
      .map(
        (index) =>
          `<div class="share" style="--reader:var(--label-${index % colours})"><span>${escaped(labels[index])}</span>` +
          `${numberCell(percent(values[index]))}${bar(100 * values[index], "weight")}</div>`,
      )
      .join("");
  };
  const places = ({ arrays: { position, likeness } }) => {
    const top = largest(position);
    const alike = (index) => {
      const said = (other) =>
        say("onward.alike", { one: index + 1, other: other + 1, value: signed(likeness[index][other]) });
      return strip(`onward-alike-${index}`, "", likeness[index], 1, { said });
    };
    return likeness
      .map(
        (_, index) =>
          `<div class="place" data-rank="${index}"><span class="label">${index + 1}</span>` +
          strip(`onward-place-${index}`, say("onward.place", { place: index + 1 }), position[index], top) +
          `${alike(index)}</div>`,
      )
      .join("");
  };

  const render = (root) => {
    const state = states.get(root);
    for (const element of root.querySelectorAll("[data-stage]")) {
      const name = element.dataset.stage;
      element.querySelector(".drawn").innerHTML = SHARES.includes(name)
        ? shares(state.data, state.arrays[name])
        : stage(state, name);
    }
    const positions = root.querySelector(".places");
    if (positions && !positions.firstChild) positions.innerHTML = places(state);
    positions?.childNodes.forEach((row, index) => row.classList.toggle("open", index === state.query));
  };
  const open = (root) => {
    const { data, arrays } = opened(root);
    states.set(root, { data, arrays, query: data.query });
    render(root);
  };
  document.addEventListener("asking", ({ detail }) => {
    for (const root of document.querySelectorAll(".onward")) {
      if (!states.has(root)) continue;
      states.get(root).query = detail;
      render(root);
    }
  });

  const tables = (root) => {
    const { data, arrays } = states.get(root);
    return Object.entries(arrays).map(([name, values]) => {
      const named = OF_LABELS.includes(name) ? data.labels : undefined;
      if (!Array.isArray(values[0])) {
        const rows = named ?? values.map((_, index) => `${index + 1}`);
        return { name: data.titles[name], rows, columns: [say("onward.value")], values: values.map((one) => [one]) };
      }
      const columns = values[0].map((_, index) => `${index + 1}`);
      return { name: data.titles[name], rows: data.tokens.slice(0, values.length), columns, values };
    });
  };
  bridge.strips.draw(".onward", open, tables);
})();
