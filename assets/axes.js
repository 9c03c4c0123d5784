// The words on the axes of a figure on a slide: how much room they take, and which of them fit.
window.headlineAttention.axes = (() => {
  const { type: { INK, LINE, cutLabel, widthOf, widthOfLabel } } = window.headlineAttention;
  const SLANT = -50, UPRIGHT = -90; // degrees, of words that do not fit side by side
  const NUMBER = "100 %"; // as wide as any number on an axis

  const radians = (-SLANT * Math.PI) / 180;
  const sine = Math.sin(radians), cosine = Math.cos(radians);

  // All words of an axis ("x" or "y") of a part, of which the page may show some; without any, nothing.
  const wordsOf = (letter, { [letter]: axis, part }, meta) => {
    const { tickvals, ticktext } = (meta.words?.[part] ?? meta.words?.[0])?.[letter] ?? axis;
    return ticktext ? { places: [...tickvals], words: [...ticktext] } : undefined;
  };

  // The least way between two neighbours of places, as a share of the axis.
  const pitchOf = (letter, places, matrix) => {
    if (places.length < 2) return 1;
    if (typeof places[0] === "string") return 1 / places.length; // categories
    const ends = matrix?.[letter]; // of cells, where they are of unequal size
    const cells = letter === "x" ? matrix?.z[0].length : matrix?.z.length;
    const extent = ends ? ends[ends.length - 1] - ends[0] : cells ?? places.length + 1;
    return Math.min(...places.slice(1).map((place, index) => Math.abs(place - places[index]))) / extent;
  };

  // An axis with every first, second, third ... word.
  const every = (step, { places, words }) => {
    const kept = (_, index) => index % step === 0;
    return { tickmode: "array", tickvals: places.filter(kept), ticktext: words.filter(kept) };
  };

  // Down a side, words being cut to `most` px: the room that they take across; for a height, whether all
  // of them fit, and the axis with those that do.
  const down = (panel, meta, size, most) => {
    if (panel.y.visible === false) return { room: 0, fits: () => true, axis: () => ({}) };
    const found = wordsOf("y", panel, meta);
    if (!found) return { room: widthOf(NUMBER, size.type) + size.gap, fits: () => true, axis: () => ({}) };
    const words = found.words.map((word) => cutLabel(word, size.word, most));
    const pitch = pitchOf("y", found.places, panel.matrix);
    const step = (height) => Math.max(Math.ceil((size.word * INK) / (pitch * height)), 1);
    return {
      room: Math.max(...words.map((word) => widthOfLabel(word, size.word))) + size.gap,
      fits: (height) => step(height) === 1,
      axis: (height) => every(step(height), { ...found, words }),
    };
  };

  // Along a width: the room that words take over or under it, how far the last one ends beyond it,
  // whether all of them fit, and the axis with those that do: side by side, else aslant, else upright.
  const along = (panel, meta, size, width) => {
    if (panel.x.visible === false) return { room: 0, beyond: 0, fits: true, axis: {} };
    const flat = (axis, type, beyond) => ({
      room: type * LINE + size.gap / 2, beyond, fits: true, axis: { ...axis, tickangle: 0 },
    });
    const found = wordsOf("x", panel, meta);
    if (!found) return flat({}, size.type, widthOf(NUMBER, size.type) / 2);
    const longest = Math.max(...found.words.map((word) => widthOfLabel(word, size.word)));
    const pitch = pitchOf("x", found.places, panel.matrix) * width;
    if (longest + size.gap <= pitch) return flat(every(1, found), size.word, 0);
    const [upright, aslant] = [size.word * INK, (size.word * INK) / sine]; // px from one to the next
    if (upright <= pitch && pitch < aslant) {
      return { room: longest + size.gap, beyond: 0, fits: true, axis: { ...every(1, found), tickangle: UPRIGHT } };
    }
    const step = Math.max(Math.ceil(aslant / pitch), 1);
    return {
      room: longest * sine + size.word * cosine + size.gap,
      beyond: Math.max(longest * cosine - pitch / 2, 0),
      fits: step === 1,
      axis: { ...every(step, found), tickangle: SLANT },
    };
  };

  return { NUMBER, along, down, wordsOf };
})();
