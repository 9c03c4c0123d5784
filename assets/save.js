// Saving pictures and the numbers behind them, and BertViz's view in a window or a file of its own.
// A picture is a Plotly plot or a piece of the page.
Object.assign(window.headlineAttention, (() => {
  const { letters: { escaped, fileName }, say, slide, tables } = headlineAttention;
  const { plotOf, titleOf } = slide;

  // [{name, rows, columns, values}] behind a picture, and behind its replay, if it has one.
  const numbers = (picture) => {
    const plot = plotOf(picture), replay = document.getElementById(`${picture.id}-replay`);
    if (!plot) return tables.ofPiece(picture);
    return [...tables.ofPlot(plot), ...(replay ? tables.ofPiece(replay) : [])];
  };

  const table = (picture) => {
    const dialog = document.createElement("dialog");
    dialog.className = "numbers";
    dialog.innerHTML =
      `<form method="dialog"><h2>${escaped(titleOf(picture))}</h2><button>${escaped(say("save.close"))}</button></form>` +
      `<div tabindex="0">${tables.html(numbers(picture))}</div>`;
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };

  const save = (content, type, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  const tools = {
    png: async (picture) => save(await slide.png(picture), "image/png", named(picture, "png")),
    svg: async (picture) => save(await slide.svg(picture), "image/svg+xml", named(picture, "svg")),
    csv: (picture) => save(tables.csv(numbers(picture)), "text/csv", named(picture, "csv")),
    json: (picture) => {
      const content = { title: titleOf(picture), text: headlineAttention.shown(), tables: numbers(picture) };
      save(JSON.stringify(content, null, 1), "application/json", named(picture, "json"));
    },
    table,
    window: (picture) => {
      const opened = window.open("", "_blank");
      const frame = picture.querySelector("iframe").cloneNode(); // with the same sandbox
      frame.style = "position: fixed; inset: 0; width: 100%; height: 100%; border: 0";
      opened.document.title = frame.title;
      opened.document.body.append(frame);
    },
    html: (picture) => {
      const { srcdoc, title } = picture.querySelector("iframe");
      save(srcdoc, "text/html", fileName(title, "html"));
    },
    present: (picture) => headlineAttention.present(picture),
    guess: (picture) => headlineAttention.guess.open(picture),
    embed: (picture) => headlineAttention.copyEmbed(picture),
    slides: (picture) => headlineAttention.tray.add(picture),
  };
  const named = (picture, ending) => fileName(`${titleOf(picture)} ${headlineAttention.shown()}`, ending);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-tool]");
    if (!button) return;
    const picture = document.getElementById(button.dataset.picture);
    if (!picture?.querySelector(".js-plotly-plot, .strip, iframe")) {
      return headlineAttention.warn(say("save.no_picture"));
    }
    try {
      await tools[button.dataset.tool](picture);
    } catch {
      headlineAttention.warn(say("save.failed", { tool: button.textContent }));
    }
  });

  return {
    save,
    saveFile: ({ name, type, text }) => save(text, type, name),
    titleOf,
  };
})());
