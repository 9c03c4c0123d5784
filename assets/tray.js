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
  const NOTED_MS = 1500; // how long the button says that a slide was added

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

  // {id, place, image} and what is posted of each; `image` is a Blob, small where there is a matrix.
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
      caption: [axes, caption].filter(Boolean).join(" "),
      alternative: [title, ...about, caption || own.join(" ")].filter(Boolean).join(". "),
      link: bridge.link(),
      text: bridge.views[bridge.view()].ofText ? bridge.shown() : "",
      dark: document.body.classList.contains("dark"),
      matrix,
      image: await slide.raster(source, ROOM.width, ROOM.height, matrix ? SMALL : slide.SCALE),
    };
  };

  const add = async (picture) => {
    await load(); // another window may have added some
    if (entries.length >= MOST) return bridge.warn(say("tray.full", { most: MOST }));
    const place = (entries.at(-1)?.place ?? 0) + 1;
    const entry = { id: crypto.randomUUID?.() ?? `${Date.now()}`, place, ...(await entryOf(picture)) };
    entries.push(entry);
    count();
    await write(entry);
    const button = bridge.element("slides");
    button.textContent = say("tray.added", { count: entries.length });
    button.classList.add("added");
    setTimeout(() => {
      button.classList.remove("added");
      count();
    }, NOTED_MS);
    return undefined;
  };

  let dialog, make = () => {};
  let isMaking = false; // since the deck was asked for, until it is there
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
    const kind = matrix ? ` <small>${escaped(say("tray.table"))}</small>` : "";
    return (
      `<li><img src="${urlOf(image)}" alt=""><div><b>${escaped(title)}</b>${kind}<p>${escaped(about[0] ?? text)}</p></div>` +
      `${button("earlier", "↑", !place)}${button("later", "↓", place === entries.length - 1)}${button("out", "×")}</li>`
    );
  };
  const draw = () => {
    freeUrls();
    dialog.querySelector("ol").innerHTML = entries.map(row).join("");
    count();
  };
  const ACTS = {
    earlier: (place) => move(place, -1),
    later: (place) => move(place, 1),
    out: (place) => remove(entries[place]),
    empty: () => remove(...entries),
    download: () => {
      isMaking = true;
      dialog.querySelector("[data-act=download]").disabled = true;
      dialog.querySelector("[data-act=download]").textContent = say("tray.making");
      make("submit");
    },
  };
  const press = async ({ target }) => {
    const { act, place } = target.dataset ?? {};
    if (!act) return;
    await ACTS[act](Number(place));
    if (act === "download") return;
    if (!entries.length) {
      dialog.close();
      count();
      return;
    }
    draw();
    const moved = { earlier: Number(place) - 1, later: Number(place) + 1 }[act];
    const again = dialog.querySelector(`[data-act=${act}][data-place="${moved}"]:enabled`);
    (again ?? dialog.querySelector("[data-act=download]")).focus();
  };
  const open = async () => {
    await load();
    dialog = document.createElement("dialog");
    dialog.className = "numbers tray";
    const button = (act, label) => `<button type="button" data-act="${act}">${escaped(label)}</button>`;
    dialog.innerHTML =
      `<form method="dialog"><h2>${escaped(say("tray.title"))}</h2><button>${escaped(say("tray.close"))}</button></form>` +
      `<p>${escaped(say("tray.about"))}</p><div tabindex="0"><ol></ol></div>` +
      `<footer>${button("empty", say("tray.empty"))}${button("download", say("tray.download"))}</footer>`;
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
    // Event hooks: what the server makes a deck of; the deck; and that it has answered, whatever it said.
    posted: async () => {
      const language = document.documentElement.lang || "en";
      return [{ language, slides: await Promise.all(entries.map(sent)) }];
    },
    save: ({ data }) => {
      isMaking = false;
      const type = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
      bridge.save(new Blob([decoded(data)], { type }), type, fileName(entries[0].text || entries[0].title, "pptx"));
    },
    end: () => {
      const button = dialog?.querySelector("[data-act=download]");
      if (button) Object.assign(button, { disabled: false, textContent: say("tray.download") });
      if (isMaking) dialog?.close(); // it stands before what Gradio says of a failure
      isMaking = false;
    },
  };
})();
