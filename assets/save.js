// Saving pictures and the numbers behind them, and BertViz's view in a window or a file of its own.
// A picture is a Plotly plot or a piece of the page.
Object.assign(window.headlineAttention, (() => {
  const WIDTH = 1920, HEIGHT = 1080, SCALE = 2; // a slide, and how much finer its PNG is
  const HEAD = 140, EDGE = 60; // px of a slide above the picture, and around it
  const MOST_LETTERS = 84; // of a title on one line

  const { letters, say, tables } = headlineAttention;
  const { allForXml, escaped, fileName, forXml, shortened } = letters;

  const plotOf = (picture) => picture.querySelector(".js-plotly-plot");
  const titleOf = (picture) =>
    plotOf(picture)?.layout.meta.title ?? picture.querySelector("[data-title]")?.dataset.title ?? "";

  // Sizes in px, wherever Plotly keeps them, times a factor.
  const SIZES = new Set(["size", "thickness", "standoff", "yshift", "l", "r", "t", "b", "xgap", "ygap"]);
  const enlarged = (value, factor) => {
    if (Array.isArray(value)) return value.map((one) => enlarged(one, factor));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [
        key,
        SIZES.has(key) && typeof one === "number" ? one * factor : enlarged(one, factor),
      ]),
    );
  };

  // The plot as a figure of another size, its type grown by as much.
  const figure = (plot, width, height) => {
    const factor = Math.min(width / plot.clientWidth, height / plot.clientHeight);
    const { meta: _, ...layout } = plot.layout;
    const data = plot.data.map((trace) => ({
      ...trace,
      ...enlarged({ colorbar: trace.colorbar ?? {}, xgap: trace.xgap, ygap: trace.ygap }, factor),
      ...(trace.textfont && { textfont: enlarged(trace.textfont, factor) }),
      ...(trace.marker && { marker: { ...trace.marker, ...enlarged({ size: trace.marker.size }, factor) } }),
      ...(trace.line && { line: { ...trace.line, width: (trace.line.width ?? 2) * factor } }),
    }));
    const size = { width, height, autosize: false };
    return { data, layout: { ...enlarged(layout, factor), ...size } };
  };

  // A piece of the page as SVG: the grounds of its elements and, word by word, its type.
  const drawn = (element) => {
    const frame = element.getBoundingClientRect();
    const parts = [];
    const walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) return write(node);
      if (node.nodeType !== Node.ELEMENT_NODE) return;
      const style = getComputedStyle(node);
      const ground = style.backgroundColor;
      if (ground !== "rgba(0, 0, 0, 0)") {
        for (const box of node.getClientRects()) {
          const place = `x="${box.left - frame.left}" y="${box.top - frame.top}"`;
          const size = `width="${box.width}" height="${box.height}" rx="${parseFloat(style.borderRadius) || 0}"`;
          parts.push(`<rect ${place} ${size} fill="${ground}"/>`);
        }
      }
      node.childNodes.forEach(walk);
    };
    const write = (node) => {
      const style = getComputedStyle(node.parentElement);
      for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        const box = range.getBoundingClientRect();
        const baseline = box.top - frame.top + box.height / 2 + 0.36 * parseFloat(style.fontSize);
        parts.push(
          `<text x="${box.left - frame.left}" y="${baseline}" fill="${style.color}" ` +
            `font-size="${style.fontSize}" font-weight="${style.fontWeight}" ` +
            `textLength="${box.width}" font-family="${escaped(style.fontFamily)}">${escaped(word)}</text>`,
        );
      }
    };
    walk(element);
    return { inner: parts.join(""), width: frame.width, height: frame.height };
  };

  const ANSWERED_MS = 10_000; // a frame draws thousands of lines
  // What a document in a frame draws, as near as it can to a form (`across`, width by height): the page
  // cannot look into it, so it is asked.
  const ofFrame = (frame, across) =>
    new Promise((done, fail) => {
      const hear = ({ source, data }) => {
        if (source !== frame.contentWindow) return;
        window.removeEventListener("message", hear);
        done(data);
      };
      window.addEventListener("message", hear);
      setTimeout(fail, ANSWERED_MS, new Error("the frame does not answer"));
      frame.contentWindow.postMessage({ across }, "*");
    });

  // The picture on a slide of its own, under its title and the text that it is about.
  const slide = async (picture) => {
    const page = getComputedStyle(document.body);
    const paper = page.getPropertyValue("--paper"), ink = page.getPropertyValue("--ink");
    const width = WIDTH - 2 * EDGE, height = HEIGHT - HEAD - EDGE;
    const plot = plotOf(picture);
    let inside;
    if (plot) {
      const image = await Plotly.toImage(allForXml(figure(plot, width, height)), { format: "svg", width, height });
      const svg = decodeURIComponent(image.replace(/^data:image\/svg\+xml,/, ""));
      inside = svg.replace(/^<svg/, `<svg x="${EDGE}" y="${HEAD}"`);
    } else {
      const frame = picture.querySelector("iframe");
      const piece = frame ? await ofFrame(frame, width / height) : drawn(picture);
      const factor = Math.min(width / piece.width, height / piece.height);
      inside = `<g transform="translate(${EDGE} ${HEAD}) scale(${factor})">${piece.inner}</g>`;
    }
    const font = escaped(page.getPropertyValue("--font"));
    const line = (y, size, weight, text) =>
      `<text x="${EDGE}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${ink}" ` +
      `font-family="${font}">${escaped(shortened(text, MOST_LETTERS))}</text>`;
    return forXml(
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
      `width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">` +
      `<rect width="100%" height="100%" fill="${paper}"/>` +
      line(62, 36, 700, titleOf(picture)) +
      line(112, 32, 400, say("save.quoted", { text: headlineAttention.shown() })) +
      `${inside}</svg>`,
    );
  };

  const painted = async (svg) => {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [WIDTH * SCALE, HEIGHT * SCALE];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done, fail) =>
      canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no room for the picture"))), "image/png"),
    );
  };

  // [{name, rows, columns, values}] behind a picture.
  const numbers = (picture) => {
    const plot = plotOf(picture);
    return plot ? tables.ofPlot(plot) : tables.ofWords(picture);
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
    png: async (picture) => save(await painted(await slide(picture)), "image/png", named(picture, "png")),
    svg: async (picture) => save(await slide(picture), "image/svg+xml", named(picture, "svg")),
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
    figure,
    save,
    saveFile: ({ name, type, text }) => save(text, type, name),
    titleOf,
  };
})());
