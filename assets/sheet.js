// A piece of the page, such as words in colour, as it stands on a slide or in a filled screen.
window.headlineAttention.sheet = (() => {
  const { letters: { escaped }, say, type: { TYPE } } = window.headlineAttention;
  const LARGEST = 72, SMALLEST = 12; // px of a slide, of its words; small only where a text is long
  const ABOUT = 0.6; // times the words' size, of what is said about them
  const RANKED = 32; // px of a slide, the size with which rows that have a rank are read from afar
  const LEAST_ROWS = 2; // of those

  // A copy of a piece of the page.
  const of = (picture) => {
    const sheet = document.createElement("div");
    sheet.className = "sheet";
    const inner = picture.querySelector(".prose") ?? picture;
    sheet.append(...[...inner.childNodes].map((node) => node.cloneNode(true)));
    for (const one of sheet.querySelectorAll("[id], [tabindex]")) {
      one.removeAttribute("id");
      one.removeAttribute("tabindex");
    }
    return sheet;
  };

  // Gives a sheet that stands in the page the largest type with which it fits (width, height) px, where
  // `unit` px stand for one of a slide.
  const fit = (sheet, width, height, unit) => {
    sheet.style.width = `${width}px`;
    const set = (type) => {
      sheet.style.setProperty("--type", `${type * unit}px`);
      sheet.style.setProperty("--small", `${Math.max(ABOUT * type, TYPE) * unit}px`);
    };
    const fits = () => sheet.scrollHeight <= height && sheet.scrollWidth <= width;
    if (sheet.querySelector("[data-rank]")) {
      set(RANKED);
      leaveOut(sheet, fits);
      if (fits()) return;
    }
    let [least, most] = [SMALLEST, LARGEST];
    while (most - least > 0.5) {
      const tried = (least + most) / 2;
      set(tried);
      if (fits()) least = tried;
      else most = tried;
    }
    set(least);
  };

  // Of rows that have a rank, only the first ones are shown where there is no room for all: as many as
  // fit. What says so, `.left-out`, has a room of its own.
  const leaveOut = (sheet, fits) => {
    const rows = [...sheet.querySelectorAll("[data-rank]")];
    const count = 1 + Math.max(...rows.map(({ dataset }) => Number(dataset.rank)));
    const keep = (most) => {
      for (const row of rows) row.hidden = Number(row.dataset.rank) >= most;
      for (const said of sheet.querySelectorAll(".left-out")) {
        said.hidden = most >= count;
        const shown = Math.min(most, count);
        said.textContent = said.dataset.by === "place" ? say("sheet.first", { shown, count }) : say("sheet.heaviest", { shown, count });
      }
    };
    let [least, most] = [LEAST_ROWS - 1, count + 1];
    while (most - least > 1) {
      const tried = Math.floor((least + most) / 2);
      keep(tried);
      if (fits()) least = tried;
      else most = tried;
    }
    keep(Math.max(least, LEAST_ROWS));
  };

  // A piece of the page as SVG: the grounds of its elements and, word by word, its type.
  const drawn = (element) => {
    const frame = element.getBoundingClientRect();
    const parts = [];
    const walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) return write(node);
      if (node.nodeType !== Node.ELEMENT_NODE) return;
      const style = getComputedStyle(node);
      if (style.display === "none" || node.localName === "input") return;
      const ground = style.backgroundColor;
      if (ground !== "rgba(0, 0, 0, 0)") {
        for (const box of node.getClientRects()) {
          const place = `x="${box.left - frame.left}" y="${box.top - frame.top}"`;
          const size = `width="${box.width}" height="${box.height}" rx="${parseFloat(style.borderRadius) || 0}"`;
          parts.push(`<rect ${place} ${size} fill="${ground}"/>`);
        }
      }
      if (node.dataset?.strip) cells(node);
      if (node.localName === "mfrac" || node.localName === "msqrt") rule(node, style.color);
      node.childNodes.forEach(walk);
    };
    const cells = (strip) => {
      const colours = window.headlineAttention.strips.cellsOf(strip), box = strip.getBoundingClientRect();
      const [left, top, width] = [box.left - frame.left, box.top - frame.top, box.width / colours.length];
      colours.forEach((colour, index) =>
        parts.push(`<rect x="${left + index * width}" y="${top}" width="${width}" height="${box.height}" fill="${colour}"/>`),
      );
    };
    // What formulas draw besides letters: the line of a fraction, and the sign of a root.
    const rule = (node, colour) => {
      const box = node.getBoundingClientRect();
      const [left, right, top, bottom] = [box.left - frame.left, box.right - frame.left, box.top - frame.top, box.bottom - frame.top];
      const middle = node.firstElementChild.getBoundingClientRect().bottom - frame.top + 1;
      const [x, y] = [left + box.height / 4, top + box.height * 0.6];
      const path =
        node.localName === "mfrac"
          ? `M${left} ${middle}H${right}`
          : `M${left} ${y}L${(left + x) / 2} ${bottom}L${x} ${top + 1}H${right}`;
      parts.push(`<path d="${path}" fill="none" stroke="${colour}"/>`);
    };
    const write = (node) => {
      const style = getComputedStyle(node.parentElement);
      const size = parseFloat(style.fontSize);
      // A letter of a formula is slanted without a style that says so.
      const letter = node.parentElement.localName === "mi" && node.data.trim().length === 1;
      for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        const box = range.getBoundingClientRect();
        if (!box.width) continue;
        const [left, baseline] = [box.left - frame.left, box.top - frame.top + box.height / 2 + 0.36 * size];
        parts.push(
          `<text x="${left}" y="${baseline}" fill="${style.color}" font-size="${size}" font-weight="${style.fontWeight}" ` +
            `font-style="${letter ? "italic" : style.fontStyle}" textLength="${box.width}" font-family="${escaped(style.fontFamily)}">${escaped(word)}</text>`,
        );
        if (style.textDecorationLine === "underline") {
          const thick = parseFloat(style.textDecorationThickness) || size / 14;
          const below = baseline + (parseFloat(style.textUnderlineOffset) || size / 10);
          const under = `x="${left}" y="${below}" width="${box.width}" height="${thick}"`;
          parts.push(`<rect ${under} fill="${style.textDecorationColor}"/>`);
        }
      }
    };
    walk(element);
    return parts.join("");
  };

  // A piece of the page as SVG, laid out for a slide beside the screen, where nobody sees it.
  const svg = (picture, width, height) => {
    const sheet = of(picture);
    sheet.classList.add("beside");
    document.body.append(sheet);
    fit(sheet, width, height, 1);
    const inner = drawn(sheet);
    sheet.remove();
    return inner;
  };

  return { fit, of, svg };
})();
