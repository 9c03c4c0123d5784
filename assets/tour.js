// The tour of a first visit: six steps, each beside the part of the page that it speaks of.
(() => {
  const SEEN = "headline-attention-tour"; // kept by the browser beyond its tab: that the tour was seen
  const STEPS = [
    ["#ask", "Ask", "Type a headline and press Enter, or pick an example below. What you type is kept by your browser until you close its tab, and nowhere else."],
    ["#cards", "Three readers", "Three networks sort the headline into four news desks. The bars say how sure each one is; they were trained on news of 2004 and 2005."],
    ["#heads-small", "What a head is", "To read a word, a network looks at the other words. A head is one way of looking; each small picture is one head, and a click opens it large."],
    ["#head-large", "How to read a row", "A row is the word that looks, a column the word it looks at. The darker the cell (the lighter on a dark page), the more weight; the weights of a row sum to 1."],
    ["[role=tablist]", "More ways to look", "Alignment shows which words a written headline came from, BertViz draws heads as lines, and Compare puts two texts or two readers side by side."],
    ["[role=tablist]", "Be careful", "Attention says where a network looked, not why it decided. The Evidence tab takes words away and shows which of them mattered."],
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
    const [selector, title, text] = STEPS[index];
    const target = document.querySelector(selector) ?? document.querySelector("#ask");
    target.classList.add("toured");
    target.scrollIntoView({ block: "center" });
    card.innerHTML =
      `<p class="count">${index + 1} of ${STEPS.length}</p><h2>${title}</h2><p>${text}</p>` +
      '<div><button data-go="skip">Skip</button><span></span>' +
      (index ? '<button data-go="back">Back</button>' : "") +
      `<button data-go="next">${index + 1 < STEPS.length ? "Next" : "Done"}</button></div>`;
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
    card.setAttribute("aria-label", "Tour of the page");
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
