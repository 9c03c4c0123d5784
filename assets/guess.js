// Guessing where a head looks: the words of the headline fill the screen, one of them asks, and people
// pick the word that they think gets most weight, once for each of them. Then the row appears, out
// of the numbers of the picture that is there, and the guesses are counted: nothing leaves the browser.
window.headlineAttention.guess = (() => {
  const bridge = window.headlineAttention;
  const { letters: { escaped }, say, slide, tables } = bridge;

  // `game` has the lines of a picture, the columns that they look at, and the line that is guessed now.
  let dialog, game;
  const score = { right: 0, all: 0 }; // of every guess since the page was opened

  // Places from 0 on, each once, in any order.
  const shuffled = (count, random = Math.random) => {
    const places = Array.from({ length: count }, (_, place) => place);
    for (let last = count - 1; last > 0; last -= 1) {
      const other = Math.floor(random() * (last + 1));
      [places[last], places[other]] = [places[other], places[last]];
    }
    return places;
  };
  // The places of the largest weight of a row: several, where they are equal.
  const most = (row) => row.flatMap((weight, place) => (weight === Math.max(...row) ? [place] : []));
  // How many guesses there are, and are right; `guesses` has their number for each place of the row.
  const counted = (guesses, row) => {
    const sum = (places) => places.reduce((before, place) => before + guesses[place], 0);
    return { right: sum(most(row)), all: sum([...guesses.keys()]) };
  };

  // The rows of a plot, each with the word that looks and the weights of what it looks at.
  const linesOf = (plot) => {
    const { columns } = plot.layout.meta, [{ rows, values }] = tables.ofPlot(plot);
    return rows
      .map((word, place) => ({ word, weights: values[place].slice(0, columns.length) }))
      .filter(({ weights }) => weights[0] !== null); // a replay hides those behind it
  };

  const part = (selector) => dialog.querySelector(selector);
  const tiles = () => [...dialog.querySelectorAll("[data-place]")];

  const writeScore = () => {
    part(".score").textContent = score.all ? say("guess.score", { right: score.right, all: score.all }) : "";
    part("[data-act=anew]").hidden = !score.all;
  };
  const ask = () => {
    const { columns, lines, order } = game, view = bridge.view();
    const place = order[game.round % order.length], { word, weights } = lines[place];
    Object.assign(game, { row: weights, guesses: columns.map(() => 0), shown: false });
    const isOneOfThem = lines.every((line, index) => line.word === columns[index]); // words look at each other
    part("h2").textContent = say(`guess.asks.${view}`, { word });
    part(".told").textContent = say("guess.how");
    part(".words").innerHTML = columns
      .map(
        (column, at) =>
          `<button type="button" data-place="${at}"${isOneOfThem && at === place ? ' aria-current="true"' : ""}>` +
          `<span dir="auto">${escaped(column)}</span><span class="votes"></span>` +
          `<span class="weight"><i></i></span><span class="share"></span></button>`,
      )
      .join("");
    part("[data-act=on]").textContent = say("guess.show");
  };
  const guess = (tile) => {
    if (game.shown) return;
    const place = Number(tile.dataset.place);
    game.guesses[place] += 1;
    tile.querySelector(".votes").textContent = `${game.guesses[place]}`;
  };
  const show = () => {
    const { percent } = bridge.strips, { row, guesses, columns } = game;
    const best = most(row), { right, all } = counted(guesses, row);
    game.shown = true;
    score.right += right;
    score.all += all;
    tiles().forEach((tile, place) => {
      tile.classList.toggle("most", best.includes(place));
      tile.setAttribute("aria-disabled", "true");
      tile.querySelector("i").style.width = `${(100 * row[place]) / row[best[0]]}%`
      tile.querySelector(".share").textContent = percent(row[place]);
    });
    part(".told").textContent = say("guess.told", { word: columns[best[0]], share: percent(row[best[0]]) });
    part("[data-act=on]").textContent = say("guess.next");
    writeScore();
  };
  const ACTIONS = {
    on: () => {
      if (!game.shown) return show();
      game.round += 1;
      ask();
    },
    anew: () => {
      Object.assign(score, { right: 0, all: 0 });
      writeScore();
      part("[data-act=on]").focus();
    },
    close: () => dialog.close(),
  };

  const open = (picture) => {
    const plot = slide.plotOf(picture), lines = linesOf(plot);
    game = { lines, columns: plot.layout.meta.columns, order: shuffled(lines.length), round: 0 };
    const button = (act, text) => `<button type="button" data-act="${act}">${escaped(text)}</button>`;
    dialog = document.createElement("dialog");
    dialog.id = "guess";
    dialog.setAttribute("aria-label", say("guess.label"));
    dialog.innerHTML =
      `<header><h3>${escaped(slide.titleOf(picture))}</h3>${button("close", say("guess.close"))}</header>` +
      `<h2></h2><p class="told" role="status"></p><div class="words"></div>` +
      `<footer><span class="score" role="status"></span>${button("anew", say("guess.anew"))}${button("on", "")}</footer>`;
    dialog.addEventListener("click", ({ target }) => {
      const pressed = target.closest("button")?.dataset ?? {};
      if (pressed.place) guess(target.closest("button"));
      if (pressed.act) ACTIONS[pressed.act]();
    });
    dialog.addEventListener("close", ({ target }) => {
      if (document.fullscreenElement === target) document.exitFullscreen();
      target.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
    if (!document.fullscreenElement) dialog.requestFullscreen?.().catch(() => {}); // it fills the page at least
    ask();
    writeScore();
  };
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && dialog?.open) dialog.close();
  });

  return { counted, most, open, shuffled };
})();
