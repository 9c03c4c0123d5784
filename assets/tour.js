// The tour of a first visit: seven steps, each beside the part of the page that it speaks of.
(() => {
  const { letters: { escaped }, say } = window.headlineAttention;
  const SEEN = "headline-attention-tour"; // kept by the browser beyond its tab: that the tour was seen
  const STEPS = [ // what each speaks of, and its name among the sentences
    ["#ask", "ask"],
    ["#cards", "cards"],
    ["#heads-small", "head"],
    ["#head-large", "row"],
    ["[role=tab][data-tab-id=inside]", "inside"],
    ["[role=tablist]", "views"],
    ["[role=tablist]", "evidence"],
  ];
  const GAP = 12; // px between the card and what it speaks of

  let card;

  const place = (target) => {
    const box = target.getBoundingClientRect();
    const below = box.bottom + GAP + card.offsetHeight < innerHeight;
    const top = below ? box.bottom + GAP : Math.max(GAP, box.top - card.offsetHeight - GAP);
    const left = Math.min(Math.max(GAP, box.left), innerWidth - card.offsetWidth - GAP);
    Object.assign(card.style, { top: `${top}px`, left: `${left}px` });
  };

  const show = (index) => {
    document.querySelector(".toured")?.classList.remove("toured");
    if (index === STEPS.length) return card.close();
    const [selector, name] = STEPS[index];
    const target = document.querySelector(selector) ?? document.querySelector("#ask");
    target.classList.add("toured");
    target.scrollIntoView({ block: "center" });
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
  const start = new MutationObserver(() => {
    if (!document.querySelector("#head-large .js-plotly-plot .heatmaplayer")) return;
    start.disconnect();
    if (first()) tour();
  });
  start.observe(document, { childList: true, subtree: true });

  window.headlineAttention.tour = tour;
})();
