// The tray of slides: pictures that were put there, in their order, and the deck that the server makes
// of them. It is kept by this browser alone, until a person takes them out.
window.headlineAttention.tray = (() => {
  const bridge = window.headlineAttention;
  const { letters: { escaped, fileName }, say, slide, tables } = bridge;
  const DATABASE = "headline-attention", STORE = "slides";
  const MOST = 40; // slides, as demo/page/slides.py takes them
  const MOST_WORDS = 24; // on a side of a matrix that is a table; a larger one is a picture
  const ROOM = { width: 1808, height: 740 }; // px of a slide, for a picture
  const SMALL = 0.2; // times the size of a slide, of what the tray shows of a table
  const NOTED_MS = 2500; // how long a button says what came of it

  // Where a browser keeps nothing, as in some frames, the tray lasts until the page is reloaded.
  const database = new Promise((done) => {
    try {
      const asked = indexedDB.open(DATABASE, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => done(null);
    } catch {
      done(null);
    }
  });
  // What `act` asks of the store, once it is written.
  const stored = async (mode, act) => {
    const opened = await database;
    if (!opened) return undefined;
    const work = opened.transaction(STORE, mode), asked = act(work.objectStore(STORE));
    return new Promise((done, fail) => {
      work.oncomplete = () => done(asked?.result);
      work.onabort = () => fail(work.error);
    });
  };

  // {id, place, key, image} and what is posted of each; `image` is a Blob, small where there is a matrix.
  let entries = [];
  const arrange = (found) => (entries = found.toSorted((one, other) => one.place - other.place));
  const load = async () => {
    arrange((await stored("readonly", (store) => store.getAll()).catch(() => undefined)) ?? entries);
    count();
  };
  const write = async (...changed) => {
    const put = (store) => void changed.forEach((one) => store.put(one));
    await stored("readwrite", put).catch(() => bridge.warn(say("tray.not_kept")));
  };
  const remove = (...gone) => {
    entries = entries.filter((one) => !gone.includes(one));
    return stored("readwrite", (store) => void gone.forEach(({ id }) => store.delete(id)));
  };
  const move = (place, by) => {
    const [one, other] = [entries[place], entries[place + by]];
    [one.place, other.place] = [other.place, one.place];
    arrange(entries);
    return write(one, other);
  };

  const count = () => {
    const button = bridge.element("slides");
    if (!button) return;
    button.hidden = !entries.length;
    button.textContent = say("tray.button", { count: entries.length });
  };
  // What tells a picture from others: its place, its link, and its numbers where no link leads to them.
  const keyOf = (picture) => {
    const plot = slide.plotOf(picture), { ofText } = bridge.views[bridge.view()];
    const numbers = () => (plot ? tables.ofPlot(plot) : tables.ofPiece(picture));
    return JSON.stringify([picture.id, bridge.link(), ofText ? [] : numbers()]);
  };

  // The numbers of a plot that is one matrix and not too large for a table, and their colours.
  const matrixOf = (plot) => {
    const { blocks, tables: given } = plot?.layout.meta ?? {}, traces = plot?._fullData ?? [];
    if (!plot || given || blocks || !traces.every(({ z }) => z)) return null;
    const [found, another] = tables.ofPlot(plot);
    if (another || Math.max(found.rows.length, traces[0].z[0].length) > MOST_WORDS) return null;
    const scales = traces.map(({ z, colorscale, zmin, zmax }) => ({
      columns: z[0].length, colours: colorscale, least: zmin, most: zmax,
    }));
    return { rows: found.rows, columns: found.columns, values: found.values, scales };
  };
  // What a picture says in words: a caption beside it, or sentences of its own.
  const saidOf = (element) => element?.innerText.trim().replace(/\s+/g, " ") ?? "";
  const entryOf = async (picture) => {
    const plot = slide.plotOf(picture), matrix = matrixOf(plot), title = slide.titleOf(picture);
    const { x: columns, y: rows } = plot?.layout.meta.axes ?? {};
    const caption = saidOf(slide.captionOf(picture));
    const own = [...picture.querySelectorAll(".agreement, .reads")].map(saidOf);
    const axes = matrix && rows && columns ? say("tray.axes", { rows, columns }) : "";
    const source = await slide.alone(picture, ROOM.width, ROOM.height);
    const about = slide.aboutOf(picture);
    return {
      title,
      about,
      texts: slide.textsOf(picture),
      caption: [axes, caption].filter(Boolean).join(" "),
      alternative: [title, ...about, caption || own.join(" ")].filter(Boolean).join(". "),
      link: bridge.link(),
      text: bridge.views[bridge.view()].ofText ? bridge.shown() : "",
      dark: document.body.classList.contains("dark"),
      matrix,
      image: await slide.raster(source, ROOM.width, ROOM.height, matrix ? SMALL : slide.SCALE),
    };
  };

  // Puts a picture into the tray; returns what there is to say beside its button, "" for nothing.
  const put = async (picture) => {
    await load(); // another window may have added some
    const key = keyOf(picture);
    if (entries.some((one) => one.key === key)) return say("tray.already");
    if (entries.length >= MOST) {
      bridge.warn(say("tray.full", { most: MOST }));
      return "";
    }
    const place = (entries.at(-1)?.place ?? 0) + 1;
    const entry = { id: crypto.randomUUID?.() ?? `${Date.now()}`, place, key, ...(await entryOf(picture)) };
    entries.push(entry);
    count();
    await write(entry);
    const button = bridge.element("slides");
    button.classList.add("added");
    setTimeout(() => button.classList.remove("added"), NOTED_MS);
    return say("tray.added", { count: entries.length });
  };
  // The button says what comes of it where it was pressed; its menu stays open until that is read.
  let isAdding = false;
  const add = async (picture) => {
    if (isAdding) return;
    const button = document.querySelector(`[data-tool=slides][data-picture="${picture.id}"]`);
    button.dataset.label ??= button.textContent;
    const release = () => {
      button.textContent = button.dataset.label;
      const menu = button.closest("details");
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus({ preventScroll: true });
      menu.open = false;
    };
    isAdding = true;
    button.textContent = say("tray.adding");
    let said = "";
    try {
      said = await put(picture);
    } finally {
      isAdding = false;
      if (!said) release();
    }
    if (!said) return;
    button.textContent = said;
    bridge.tell(said);
    setTimeout(() => {
      if (button.textContent === said) release();
    }, NOTED_MS);
  };

  let dialog, make = () => {};
  let making = ""; // the name of the deck that was asked for, until it is there
  let gone = []; // what was taken out last, until the tray is closed or something else is done
  const urls = new Set(); // of images that the dialog shows
  const urlOf = (image) => {
    const url = URL.createObjectURL(image);
    urls.add(url);
    return url;
  };
  const freeUrls = () => {
    urls.forEach((url) => URL.revokeObjectURL(url));
    urls.clear();
  };
  const row = ({ about, image, matrix, text, title }, place) => {
    const button = (act, sign, off = false) =>
      `<button type="button" data-act="${act}" data-place="${place}" aria-label="${escaped(say(`tray.row.${act}`, { title }))}"` +
      `${off ? " disabled" : ""}>${sign}</button>`;
    const kind = matrix ? say("tray.table") : say("tray.picture");
    return (
      `<li><figure><img src="${urlOf(image)}" alt=""><figcaption>${escaped(kind)}</figcaption></figure><div>` +
      `<p><b>${escaped(title)}</b><span>${escaped(about[0] ?? text)}</span></p><span>${button("earlier", "↑", !place)}` +
      `${button("later", "↓", place === entries.length - 1)}${button("out", "×")}</span></div></li>`
    );
  };
  const buttonOf = (act) => dialog.querySelector(`footer [data-act=${act}]`);
  // The tray says one thing at a time below its slides, and what was taken out can be brought back there.
  const tell = (sentence) => {
    dialog.querySelector("[role=status]").textContent = sentence;
    buttonOf("back").hidden = !gone.length;
    buttonOf("empty").disabled = !entries.length;
    buttonOf("download").disabled = !entries.length || making !== "";
    buttonOf("download").textContent = making ? say("tray.making") : say("tray.download");
  };
  const draw = () => {
    freeUrls();
    dialog.querySelector("ol").innerHTML = entries.map(row).join("");
    count();
    tell(gone.length ? say("tray.gone", { count: gone.length }) : "");
  };
  const takeOut = (...taken) => {
    gone.push(...taken);
    return remove(...taken);
  };
  const ACTS = {
    earlier: (place) => move(place, -1),
    later: (place) => move(place, 1),
    out: (place) => takeOut(entries[place]),
    empty: () => takeOut(...entries),
    back: () => {
      const brought = gone.splice(0);
      arrange([...entries, ...brought]);
      return write(...brought);
    },
    download: () => {
      making = fileName(entries[0].text || entries[0].title, "pptx");
      make("submit");
    },
  };
  const press = async ({ target }) => {
    const { act, place } = target.dataset ?? {};
    if (!act) return;
    if (!["out", "empty", "back"].includes(act)) gone = [];
    const written = ACTS[act](Number(place));
    draw(); // at once, since what is pressed next is another row
    const next = { earlier: Number(place) - 1, later: Number(place) + 1, out: Math.min(place, entries.length - 1) }[act];
    const again = dialog.querySelector(`[data-act=${act}][data-place="${next}"]:enabled`);
    (again ?? dialog.querySelector("footer button:enabled:not([hidden])"))?.focus();
    await written;
  };
  const open = async () => {
    await load();
    gone = [];
    dialog = document.createElement("dialog");
    dialog.className = "numbers tray";
    const button = (act, label) => `<button type="button" data-act="${act}">${escaped(label)}</button>`;
    dialog.innerHTML =
      `<form method="dialog"><h2>${escaped(say("tray.title"))}</h2><button>${escaped(say("tray.close"))}</button></form>` +
      `<p>${escaped(say("tray.about"))}</p><div tabindex="0"><ol></ol></div>` +
      `<footer><p><span role="status"></span>${button("back", say("tray.back"))}</p>` +
      `${button("empty", say("tray.empty"))}${button("download", "")}</footer>`;
    dialog.addEventListener("click", press);
    dialog.addEventListener("close", () => {
      freeUrls();
      dialog.remove();
    });
    document.body.append(dialog);
    draw();
    dialog.showModal();
  };
  document.addEventListener("click", ({ target }) => {
    if (target === bridge.element("slides")) open();
  });
  // The masthead comes later than the scripts.
  const there = new MutationObserver(() => {
    if (!bridge.element("slides")) return;
    there.disconnect();
    load();
  });
  there.observe(document.documentElement, { childList: true, subtree: true });

  const encoded = (image) =>
    new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result.split(",")[1]);
      reader.readAsDataURL(image);
    });
  const decoded = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  // What is posted of an entry: a table goes without its small image.
  const sent = async ({ image, ...entry }) => (entry.matrix ? entry : { ...entry, image: await encoded(image) });

  return {
    add,
    // Called as the tray's component is loaded.
    connect: ({ trigger }) => (make = trigger),
    // Event hooks: what the server makes a deck of; the deck; and that there is none.
    posted: async () => {
      const language = document.documentElement.lang || "en";
      return [{ language, slides: await Promise.all(entries.map(sent)) }];
    },
    save: ({ data }) => {
      const type = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
      const name = making;
      making = "";
      bridge.save(new Blob([decoded(data)], { type }), type, name);
      gone = [];
      tell(say("tray.saved", { name }));
    },
    fail: () => {
      making = "";
      dialog.close(); // it stands before what Gradio says of a failure
    },
  };
})();
