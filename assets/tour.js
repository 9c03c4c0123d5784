// The tour of a first visit: a card for each step, beside the part of the page that it speaks of. From
// a row in Heads it goes inside, to how that row is computed.
(() => {
  const bridge = window.headlineAttention;
  const { letters: { escaped }, say } = bridge;
  const SEEN = "headline-attention-tour"; // kept by the browser beyond its tab: that the tour was seen
  const STEPS = [ // what each speaks of, its name among the sentences, and the view that it needs
    ["#ask", "ask"],
    ["#cards", "cards"],
    ["#heads-small", "head", "heads"],
    ["#head-large", "row", "heads"],
    ["#inside [data-step=x]", "inside", "inside"],
    ["#inside [data-step=softmax]", "softmax", "inside"],
    ["[role=tablist]", "views"],
    ["[role=tablist]", "evidence"],
  ];
  const GAP = 12; // px between the card and what it speaks of
  const DRAWN_MS = 4000; // until a view that is opened has been drawn, at most

  let card, now; // `now` is the number of the step that is shown

  // Below what the step speaks of, or above it, or beside it: where there is room. Else over its foot.
  const place = (target) => {
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

  // Opens the view of a step; Inside, on the row that Heads has shown.
  const open = (view) => {
    if (bridge.view() === view) return;
    const way = view === "inside" && document.querySelector("#heads-inside [data-opens]");
    if (way) way.click();
    else bridge.open(view);
  };
  // What a step speaks of, as soon as it is drawn.
  const drawn = (selector) =>
    new Promise((done) => {
      const find = () => [...document.querySelectorAll(selector)].find((one) => one.getClientRects().length);
      if (find()) return done(find());
      const watch = new MutationObserver(() => find() && finish());
      const waiting = setTimeout(() => finish(), DRAWN_MS);
      const finish = () => {
        watch.disconnect();
        clearTimeout(waiting);
        done(find() ?? document.querySelector("#ask"));
      };
      watch.observe(document, { childList: true, subtree: true, attributes: true });
    });

  const show = async (index) => {
    now = index;
    document.querySelector(".toured")?.classList.remove("toured");
    if (index === STEPS.length) return card.close();
    const [selector, name, view] = STEPS[index];
    if (view && bridge.tabOf(view)) open(view);
    const target = await drawn(selector);
    if (now !== index || !card.isConnected) return; // another step was asked for meanwhile
    target.classList.add("toured");
    const button = (go, label) => `<button data-go="${go}">${escaped(label)}</button>`;
    const last = index + 1 === STEPS.length;
    card.innerHTML =
      `<p class="count">${escaped(say("tour.count", { number: index + 1, all: STEPS.length }))}</p>` +
      `<h2>${escaped(say(`tour.steps.${name}.title`))}</h2>` +
      `<p>${escaped(say(`tour.steps.${name}.text`))}</p>` +
      `<div>${button("skip", say("tour.skip"))}<span></span>` +
      (index ? button("back", say("tour.back")) : "") +
      `${button("next", last ? say("tour.done") : say("tour.next"))}</div>`;
    card.onclick = ({ target: { dataset } }) => {
      if (dataset.go === "skip") card.close();
      if (dataset.go === "back") show(index - 1);
      if (dataset.go === "next") show(index + 1);
    };
    const roomy = target.offsetHeight + 2 * (card.offsetHeight + GAP) < innerHeight; // for the card below
    target.scrollIntoView({ block: roomy ? "center" : "start" });
    place(target);
    card.querySelector("[data-go=next]").focus({ preventScroll: true });
  };

  const tour = () => {
    card?.close();
    card = document.createElement("dialog");
    card.id = "tour-card";
    card.setAttribute("aria-label", say("tour.label"));
    document.body.append(card);
    card.addEventListener("keydown", (event) => event.key === "Escape" && card.close());
    card.addEventListener("close", () => {
      document.querySelector(".toured")?.classList.remove("toured");
      card.remove();
      try {
        localStorage.setItem(SEEN, "yes");
      } catch {} // a browser that keeps nothing shows the tour again
    });
    card.show();
    show(0);
  };

  // A link leads to a view that somebody chose: no tour stands in front of it.
  const first = () => {
    try {
      return !location.search && !localStorage.getItem(SEEN);
    } catch {
      return false;
    }
  };
  let begun = false; // whether somebody has begun to do something, which no tour may cover
  for (const kind of ["pointerdown", "keydown"]) {
    addEventListener(kind, () => (begun = true), { once: true, capture: true });
  }
  const start = new MutationObserver(() => {
    if (!document.querySelector("#head-large .js-plotly-plot .heatmaplayer")) return;
    start.disconnect();
    if (first() && !begun) tour();
  });
  start.observe(document, { childList: true, subtree: true });

  window.headlineAttention.tour = tour;
})();
