// A picture on a slide of its own, under its title and what it is about, or alone: as SVG, with the
// page's typeface in it, and as PNG, drawn from that SVG.
window.headlineAttention.slide = (() => {
  const WIDTH = 1920, HEIGHT = 1080, SCALE = 2; // a slide, and how much finer its PNG is
  const EDGE = 56, FOOT = 28; // px of a slide beside its content, and below it
  const AGAIN_MS = 300, ANSWERED_MS = 20_000; // a frame draws thousands of lines
  const TITLE = { size: 40, weight: 700 };
  const ABOUT = { largest: 34, least: 28, weight: 400 };
  const MOST_LINES = 2; // of a text that the picture is about

  const bridge = window.headlineAttention;
  const { layout, letters: { allForXml, escaped, forXml }, say, sheet, type } = bridge;

  const plotOf = (picture) => picture.querySelector(".js-plotly-plot");
  const titleOf = (picture) =>
    plotOf(picture)?.layout.meta.title ?? picture.querySelector("[data-title]")?.dataset.title ?? "";
  // The lines under its title: its own, or the text that is read, where the view is of that text. A
  // text in colour is its own picture, unlike strips of numbers.
  const aboutOf = (picture) => {
    const own = plotOf(picture)?.layout.meta.about ?? [];
    if (own.length || picture.querySelector(".strip:not([data-strip])")) return own;
    return bridge.views[bridge.view()].ofText ? [say("slide.quoted", { text: bridge.shown() })] : [];
  };
  // The texts that are themselves the picture, in colour, each with its heading.
  const textsOf = (picture) =>
    [...picture.querySelectorAll(".strip:not([data-strip])")].map((strip) => {
      const heading = strip.previousElementSibling?.matches("h3") ? strip.previousElementSibling.textContent : "";
      const text = say("slide.quoted", { text: strip.textContent.trim().replace(/\s+/g, " ") });
      return [heading.trim(), text].filter(Boolean).join(". ");
    });

  // What says in words what a picture shows, if anything on the page does: its own caption, or its view's.
  const captionOf = (picture) =>
    document.getElementById(`${picture.id}-caption`) ?? document.getElementById(`${bridge.view()}-caption`);

  // A text in lines of at most so many px, the last one shortened.
  const broken = (text, { size, weight }, most, lines) => {
    const fits = (line) => type.widthOf(line, size, weight) <= most;
    const found = [];
    const words = text.split(/\s+/);
    while (words.length && found.length < lines) {
      let line = words.shift();
      if (found.length === lines - 1) line = [line, ...words.splice(0)].join(" ");
      while (words.length && fits(`${line} ${words[0]}`)) line += ` ${words.shift()}`;
      found.push(type.cut(line, size, weight, most));
    }
    return found;
  };

  // What stands above a picture, [{text, size, weight, y}], and where the picture begins.
  const heading = (picture) => {
    const most = WIDTH - 2 * EDGE;
    const lines = broken(titleOf(picture), TITLE, most, 1).map((text) => ({ text, ...TITLE, y: 66 }));
    let y = 66;
    const about = aboutOf(picture);
    for (const text of about) {
      const whole = type.widthOf(text, ABOUT.largest, ABOUT.weight);
      const size = Math.max(Math.min(ABOUT.largest, (ABOUT.largest * most) / whole), ABOUT.least);
      const written = { size, weight: ABOUT.weight };
      for (const line of broken(text, written, most, about.length > 1 ? 1 : MOST_LINES)) {
        y += Math.round(size * 1.35);
        lines.push({ text: line, ...written, y });
      }
    }
    return { lines, top: y + (about.length ? 20 : 44) };
  };

  // The page's own typeface, as a style sheet that holds the font's files.
  let faces;
  const typeface = async () => {
    faces ??= Promise.all(rulesOf().map(async ({ rule, address }) => {
      const font = await (await fetch(address)).blob();
      const held = await new Promise((done) => {
        const reader = new FileReader();
        reader.onload = () => done(reader.result);
        reader.readAsDataURL(font);
      });
      const { fontFamily, fontWeight } = rule.style;
      return `@font-face{font-family:${fontFamily};font-weight:${fontWeight};src:url("${held}") format("woff2")}`;
    }));
    return (await faces).join("");
  };
  // Of the page's font faces those that are drawn with, and where each one lies.
  const rulesOf = () => {
    const family = (name) => name.split(",")[0].replace(/["']/g, "").trim();
    const wanted = family(getComputedStyle(document.body).getPropertyValue("--font"));
    const found = [];
    for (const styles of document.styleSheets) {
      for (const rule of styles.cssRules) {
        if (!(rule instanceof CSSFontFaceRule) || family(rule.style.fontFamily) !== wanted) continue;
        const source = rule.style.getPropertyValue("src").match(/url\(["']?([^"')]+)/)?.[1];
        const drawn = ["400", "700", "normal", "bold"].includes(rule.style.fontWeight);
        if (source && drawn) found.push({ rule, address: new URL(source, styles.href ?? document.baseURI) });
      }
    }
    return found;
  };

  const ofPlot = async (plot, width, height) => {
    const made = allForXml(layout.figure(plot, width, height, 1));
    const image = await Plotly.toImage(made, { format: "svg", width, height });
    return decodeURIComponent(image.replace(/^data:image\/svg\+xml,/, ""));
  };
  // What a document in a frame draws: the page cannot look into it, so it is asked, and asked again
  // until its script is there to answer.
  const ofFrame = (frame, width, height) =>
    new Promise((done, fail) => {
      const room = { width, height, type: type.TYPE, word: type.WORD };
      const ask = () => frame.contentWindow.postMessage({ room }, "*");
      const asking = setInterval(ask, AGAIN_MS);
      const stop = () => {
        clearInterval(asking);
        window.removeEventListener("message", hear);
      };
      const hear = ({ source, data }) => {
        if (source !== frame.contentWindow || !data.inner) return;
        stop();
        const factor = Math.min(width / data.width, height / data.height);
        done(`<g transform="translate(${(width - factor * data.width) / 2} 0) scale(${factor})">${data.inner}</g>`);
      };
      window.addEventListener("message", hear);
      setTimeout(() => {
        stop();
        fail(new Error("the frame does not answer"));
      }, ANSWERED_MS);
      ask();
    });

  // A picture laid out for a room at px from the left and the top.
  const inRoom = async (picture, x, y, width, height) => {
    const plot = plotOf(picture), frame = picture.querySelector("iframe");
    if (plot) return (await ofPlot(plot, width, height)).replace(/^<svg/, `<svg x="${x}" y="${y}"`);
    const inner = frame ? await ofFrame(frame, width, height) : sheet.svg(picture, width, height);
    return `<g transform="translate(${x} ${y})">${inner}</g>`;
  };
  const framed = async (inner, width, height) =>
    forXml(
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
        `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
        `<style>${await typeface()}</style><rect width="100%" height="100%" fill="${styled("--paper")}"/>` +
        `${inner}</svg>`,
    );
  const styled = (name) => escaped(getComputedStyle(document.body).getPropertyValue(name));

  const svg = async (picture) => {
    const [ink, font] = [styled("--ink"), styled("--font")];
    const { lines, top } = heading(picture);
    const inside = await inRoom(picture, EDGE, top, WIDTH - 2 * EDGE, HEIGHT - top - FOOT);
    const above = lines.map(
      ({ text, size, weight, y }) =>
        `<text x="${EDGE}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${ink}" ` +
        `font-family="${font}">${escaped(text)}</text>`,
    );
    return framed(above.join("") + inside, WIDTH, HEIGHT);
  };
  // Without a title, and as large as it is asked for.
  const alone = async (picture, width, height) =>
    framed(await inRoom(picture, 0, 0, width, height), width, height);

  // An SVG of so many px as the PNG of a picture so much finer.
  const raster = async (source, width, height, scale) => {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done, fail) =>
      canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no room for the picture"))), "image/png"),
    );
  };
  const png = async (picture) => raster(await svg(picture), WIDTH, HEIGHT, SCALE);

  return { SCALE, aboutOf, alone, captionOf, plotOf, png, raster, svg, textsOf, titleOf };
})();
