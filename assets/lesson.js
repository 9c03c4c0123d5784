// The lesson: ten steps from a recurrent network to BERT. A step is a card beside the part of the page
// that it speaks of, in a view that it opens; assets/lesson.json has the views, and the sentences stand
// under the names of the steps. A first visit begins with it, `?lesson=3` opens the page at a step, and
// the browser keeps the step that somebody has left it at.
(() => {
  const bridge = window.headlineAttention;
  const { lesson: STEPS, letters: { escaped }, say } = bridge; // {name, at, opens}: a selector, a link's parameters
  const PARAMETER = "lesson"; // of a link: the number of a step, from 1
  const LEFT = "headline-attention-lesson"; // kept by the browser beyond its tab: the number to go on with
  const GAP = 12; // px between the card and what it speaks of
  const NARROW = 640; // px of a screen at whose foot the card stands, and can be folded
  const OPENED_MS = 4000; // until a view has answered, until it is drawn, and until it is still, at most
  const STILL_MS = 200; // for which the page keeps its height once its pictures are drawn
  const GROWS_MS = 1000; // for which a picture may grow once it is there

  let card, now; // `now` is the place of the step that is shown, in STEPS
  let own = ""; // the link to what a person looked at, with a text of theirs, before a step took its place

  // A browser may forbid a page in a frame to keep anything.
  const leftAt = () => {
    try {
      return localStorage.getItem(LEFT);
    } catch {
      return "1"; // nobody is shown around at every visit
    }
  };
  const leaveAt = (index) => {
    try {
      localStorage.setItem(LEFT, `${index + 1}`);
    } catch {} // the lesson begins anew
  };

  const setAddress = (query) => history.replaceState(history.state, "", query || location.pathname);

  // Below what the step speaks of, or above it, or beside it: where there is room. Else over its foot.
  // On a narrow screen at its foot. The page can be pulled up from behind it to its end.
  const place = (target) => {
    const docked = innerWidth <= NARROW;
    card.classList.toggle("docked", docked);
    document.body.style.paddingBottom = `${card.offsetHeight + 2 * GAP}px`;
    if (docked) return Object.assign(card.style, { top: "", left: "" });
    const box = target.getBoundingClientRect(), { offsetHeight: high, offsetWidth: wide } = card;
    const within = (start, size, room) => Math.min(Math.max(GAP, start), room - size - GAP);
    let left = within(box.left, wide, innerWidth), top = box.bottom + GAP;
    if (top + high > innerHeight) top = box.top - high - GAP;
    if (top < 0) {
      const [after, before] = [box.right + GAP, box.left - wide - GAP];
      const beside = after + wide < innerWidth ? after : before;
      top = within(beside < 0 ? innerHeight : box.top, high, innerHeight);
      left = within(beside, wide, innerWidth);
    }
    Object.assign(card.style, { top: `${top}px`, left: `${left}px` });
  };
  // Into sight, with room for the card below it where there is.
  const reveal = (target) => {
    const roomy = innerWidth > NARROW && target.offsetHeight + 2 * (card.offsetHeight + GAP) < innerHeight;
    target.scrollIntoView({ block: roomy ? "center" : "start" });
  };
  let shownAt; // when the step was shown
  const sized = new ResizeObserver(([{ target }]) => {
    place(target);
    if (performance.now() - shownAt < GROWS_MS) reveal(target);
  });
  const release = () => {
    sized.disconnect();
    document.querySelector(".taught")?.classList.remove("taught");
  };

  // Whether the page has the view of a step, and its reader.
  const isThere = ({ opens: { tab, reader } = {} }) =>
    !tab || Boolean(bridge.tabOf(tab) && bridge.element("cards").querySelector(`[id="card-${reader}"]`));
  // The next step from here on, or the one before, that the page has.
  const nextFrom = (index, by) => {
    while (STEPS[index] && !isThere(STEPS[index])) index += by;
    return index;
  };

  // The link that a step opens, with what is named in place of its own.
  const linkTo = ({ opens }, named = {}) => `?${new URLSearchParams({ ...opens, ...named })}`;
  const opened = (step) =>
    new Promise((done) => {
      document.addEventListener("answered", () => requestAnimationFrame(done), { once: true });
      setTimeout(done, OPENED_MS);
      bridge.follow(linkTo(step));
    });
  const isOwn = (text) => STEPS.every(({ opens }) => opens?.text !== text);
  // The lesson takes nobody's headline away, whether it was read or only typed.
  const keepOwn = () => {
    const link = new URL(bridge.link()), text = bridge.box().value;
    if (!bridge.chosen() || !text.trim() || !isOwn(text)) return;
    link.searchParams.set("text", text);
    own = link.search;
  };
  const bringBack = () => {
    if (own && !isOwn(bridge.box().value)) bridge.follow(own);
    own = "";
  };
  // What a step speaks of, as soon as it is drawn.
  const drawn = (selector) =>
    new Promise((done) => {
      const find = () => [...document.querySelectorAll(selector)].find((one) => one.offsetHeight);
      if (find()) return done(find());
      const watch = new MutationObserver(() => find() && finish());
      const waiting = setTimeout(() => finish(), OPENED_MS);
      const finish = () => {
        watch.disconnect();
        clearTimeout(waiting);
        done(find() ?? document.querySelector("#ask"));
      };
      watch.observe(document, { childList: true, subtree: true, attributes: true });
    });

  // Until pictures above it push it no further.
  const still = () =>
    new Promise((done) => {
      const began = performance.now();
      let high, since;
      const look = () => {
        const time = performance.now();
        if (document.body.scrollHeight !== high) [high, since] = [document.body.scrollHeight, time];
        if (time - since > STILL_MS || time - began > OPENED_MS) done();
        else requestAnimationFrame(look);
      };
      look();
    });

  const write = (index) => {
    const { name } = STEPS[index];
    const said = (part) => escaped(say(`lesson.steps.${name}.${part}`));
    const button = (go, label, more = "") => `<button data-go="${go}"${more}>${escaped(label)}</button>`;
    const last = index + 1 === STEPS.length;
    card.innerHTML =
      `<p class="count">${escaped(say("lesson.count", { number: index + 1, all: STEPS.length }))}</p>` +
      `<h2>${said("title")}</h2><button data-go="fold" aria-expanded="true" aria-controls="lesson-step" ` +
      `aria-label="${escaped(say("lesson.text"))}"></button><div id="lesson-step"><p>${said("text")}</p><p class="look">${said("look")}</p></div>` +
      `<footer>${button("leave", say("lesson.leave"))}<span></span>${index ? button("back", say("lesson.back")) : ""}` +
      `${button("next", last ? say("lesson.done") : say("lesson.next"), ' aria-describedby="lesson-step"')}</footer>`;
  };

  // Shows a step, and opens its view unless that `stands` there already.
  const show = async (index, stands = false) => {
    now = index;
    release();
    const step = STEPS[index];
    if (step.opens && !stands) {
      keepOwn();
      await opened(step);
    }
    await drawn(step.at);
    await still();
    const target = await drawn(step.at); // it may have been drawn anew
    if (now !== index || !card.isConnected) return; // another step was asked for meanwhile
    target.classList.add("taught");
    write(index);
    card.classList.remove("folded");
    card.show();
    place(target);
    reveal(target);
    shownAt = performance.now();
    sized.observe(target);
    card.querySelector("[data-go=next]").focus({ preventScroll: true });
  };
  const goTo = (index) => {
    leaveAt(index);
    setAddress(bridge.asking({ [PARAMETER]: index + 1 }));
    show(index);
  };
  const goOn = (by) => {
    const index = nextFrom(now + by, by);
    if (STEPS[index]) return goTo(index);
    now = 0; // where it begins anew
    card.close();
  };

  // Hides what the card says, so that what it speaks of is in sight, or shows it again.
  const fold = () => {
    const folded = card.classList.toggle("folded");
    card.querySelector("[data-go=fold]").setAttribute("aria-expanded", `${!folded}`);
    place(document.querySelector(".taught"));
  };

  const makeCard = () => {
    card?.remove();
    release();
    card = document.createElement("dialog");
    card.id = "lesson-card";
    card.setAttribute("aria-label", say("lesson.label"));
    document.body.append(card);
    card.addEventListener("keydown", ({ key }) => key === "Escape" && card.close());
    card.addEventListener("click", ({ target: { dataset } }) => {
      if (dataset.go === "leave") card.close();
      if (dataset.go === "fold") fold();
      if (dataset.go === "back") goOn(-1);
      if (dataset.go === "next") goOn(1);
    });
    card.addEventListener("close", () => {
      release();
      leaveAt(now);
      document.body.style.paddingBottom = "";
      const address = new URL(location.href);
      address.searchParams.delete(PARAMETER);
      setAddress(address.search);
      card.remove();
      bringBack();
    });
  };

  Object.assign(bridge, {
    // Opens the lesson at the step that it was left at.
    openLesson: () => {
      makeCard();
      goTo(nextFrom(STEPS[leftAt() - 1] ? leftAt() - 1 : 0, 1));
    },
    // What a link to the page says of the lesson: the step that is open, if one is.
    ofLesson: () => (card?.isConnected ? { [PARAMETER]: now + 1 } : {}),
  });
  if (bridge.embedded !== null) return;

  // The address names a step: the page opens on its view, with what else is named, as a text of one's own.
  const { [PARAMETER]: number, ...named } = bridge.linked(), asked = number - 1;
  if (STEPS[asked]) {
    bridge.reopen({ link: linkTo(STEPS[asked], named) });
    const begin = () => {
      makeCard();
      show(nextFrom(asked, 1), true);
    };
    document.addEventListener("answered", () => requestAnimationFrame(begin), { once: true });
    return;
  }

  // Another link leads to a view that somebody chose: no lesson stands in front of it.
  let begun = false; // whether somebody has begun to do something, which no lesson may cover
  for (const kind of ["pointerdown", "keydown"]) {
    addEventListener(kind, () => (begun = true), { once: true, capture: true });
  }
  const start = new MutationObserver(() => {
    if (!document.querySelector("#head-large .js-plotly-plot .heatmaplayer")) return;
    start.disconnect();
    if (bridge.isLink() || leftAt() !== null || begun) return;
    makeCard();
    show(0);
  });
  start.observe(document, { childList: true, subtree: true });
})();
