// What the page needs from the browser and Gradio does not offer: reading as one types, links to what
// is shown, clicks on heads, and the help beside a control.
(() => {
  const bridge = window.headlineAttention;
  const { say } = bridge;
  const QUIET_MS = 250; // after the last key
  const LONGEST_LINK = 60_000; // bytes; web servers take 64 KiB of an address at most

  // While the cards answer an older text than the box holds, they say so.
  const markAnswered = () => {
    const answered = bridge.shown();
    const behind = answered !== "" && answered !== bridge.box().value;
    bridge.element("cards").classList.toggle("behind", behind);
  };

  const switchTheme = () => {
    document.body.classList.toggle("dark");
    document.dispatchEvent(new Event("themed"));
    bridge.draw();
  };

  // Copies, or has the person copy where the browser does not let a page do it.
  const copy = async (text, asks) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      prompt(asks, text);
      return false;
    }
  };
  // Whether no server would take a link; then a note says so.
  const isTooLong = (link) => {
    if (link.length <= LONGEST_LINK) return false;
    const [size, most] = [link.length, LONGEST_LINK].map((bytes) => Math.ceil(bytes / 1000));
    bridge.warn(say("page.link.too_long", { size, most }));
    return true;
  };
  const copyLink = async () => {
    const button = bridge.element("link");
    const link = new URL(bridge.link());
    for (const [name, value] of Object.entries(bridge.ofLesson())) link.searchParams.set(name, value);
    if (isTooLong(link.href) || !(await copy(link.href, say("page.link.prompt")))) return;
    button.dataset.label ??= button.textContent;
    button.textContent = say("page.link.copied");
    // A first drawing holds the page up for seconds: the second wait starts after it.
    setTimeout(() => setTimeout(() => (button.textContent = button.dataset.label), 1500), 500);
  };
  Object.assign(bridge, { copy, isTooLong });

  const ACTIONS = {
    lesson: () => bridge.openLesson(),
    present: () => bridge.present(),
    link: copyLink,
    theme: switchTheme,
  };
  document.addEventListener("click", ({ target }) => {
    const unfolds = target.closest?.("[data-unfold]");
    if (unfolds) {
      const open = document.getElementById(unfolds.dataset.unfold).classList.toggle("unfolded");
      unfolds.setAttribute("aria-expanded", `${open}`);
    }
    for (const menu of document.querySelectorAll(".menu[open]")) {
      // A button that says what comes of it closes its menu itself.
      const stays = target.closest?.("summary, [data-tool=slides]");
      if (!stays || !menu.contains(stays)) menu.open = false;
    }
    closeHelp(target.closest?.(".help, .info-text"));
    for (const [name, act] of Object.entries(ACTIONS)) {
      if (target === bridge.element(name)) act();
    }
  });

  // A finger that swipes over a picture moves the page, and picks nothing in it.
  const SWIPED = 10; // px
  let touched, swiped = false;
  addEventListener("pointerdown", ({ pointerType, clientX, clientY }) => {
    [touched, swiped] = [pointerType === "touch" && [clientX, clientY], false];
  }, true);
  addEventListener("pointermove", ({ clientX, clientY }) => {
    swiped ||= touched && Math.hypot(clientX - touched[0], clientY - touched[1]) > SWIPED;
  }, true);
  addEventListener("pointercancel", () => (swiped = true), true); // it moves the page
  for (const type of ["touchend", "touchcancel"]) {
    addEventListener(type, ({ target }) => {
      const plot = swiped && target.closest?.(".js-plotly-plot");
      if (plot) setTimeout(() => Plotly.Fx.unhover(plot)); // after Plotly has taken it for a tap
    }, true);
  }

  // Each head has axes of its own: x, x2, x3 ...
  const openHead = ({ points: [{ data }] }) => {
    bridge.set({ head: Number((data.xaxis ?? "x").slice(1) || 1) - 1 });
    showLarge();
  };
  const showLarge = () => document.getElementById("head-large").scrollIntoView({ block: "nearest" });
  // A click on a row of the large head frames it, and the button below leads to its arithmetic.
  const pickRow = (event, plot) => {
    const { rows, tokens } = plot.layout.meta, [row] = event.points[0].pointNumber;
    const word = `${tokens[row] + 1}`;
    frameRow(plot, event);
    bridge.keep({ word });
    const button = document.querySelector("#heads-inside [data-opens]");
    if (!button) return; // of a mean of heads
    const asked = JSON.parse(button.dataset.opens);
    Object.assign(asked.set, { word });
    button.dataset.opens = JSON.stringify(asked);
    button.querySelector("b").textContent = rows[row];
  };
  const frameRow = async (plot, { points: [{ curveNumber, pointNumber }] }) => {
    const [row] = pointNumber;
    await Plotly.relayout(plot, { "shapes[0].visible": true, "shapes[0].y0": row - 0.5, "shapes[0].y1": row + 0.5 });
    Plotly.Fx.hover(plot, [{ curveNumber, pointNumber }]); // the number, which the frame has taken away
  };
  // In the map of all heads, a block of cells and a gap for each head.
  const openHeadOfMap = ({ points: [{ x, y }] }, plot) => {
    const { rows, columns } = plot.layout.meta.blocks;
    const head = Math.floor((x + 0.5) / (columns + 1)), layer = Math.floor((y + 0.5) / (rows + 1));
    bridge.set({ layer, head });
    showLarge();
  };
  // In the map of habits, a cell for each head.
  const openHeadOfAtlas = ({ points: [{ pointNumber: [layer, head] }] }, plot) => {
    bridge.open("heads", { reader: plot.layout.meta.reader, layer, head });
  };
  const maskHead = (event) => {
    const named = event.points[0].customdata.slice(0, 2).join(".");
    const names = bridge.typed("masked").split(/[,;\s]+/).filter(Boolean);
    const others = names.filter((name) => name !== named);
    if (others.length === names.length) others.push(named);
    bridge.set({ masked: others.join(", ") });
  };
  // What a click on a picture does.
  const PICKS = {
    "#heads-small": openHead,
    "#head-large": pickRow,
    "#heads-all": openHeadOfMap,
    "#atlas": openHeadOfAtlas,
    "#ablation, #head-shares": maskHead,
    "#evidence-sum": (event) => bridge.pickWord(event),
  };
  const bindPlot = (plot) => {
    const picture = plot.closest(".block[id]");
    if (!plot.on || !picture) return;
    plot.setAttribute("role", "img");
    const caption = bridge.slide.captionOf(picture);
    if (caption) plot.setAttribute("aria-labelledby", caption.id);
    else plot.setAttribute("aria-label", plot.layout.meta.title);
    const { strip } = plot.layout.meta;
    if (strip && !picture.style.getPropertyValue("--strip")) {
      picture.style.setProperty("--strip", `${strip}px`); // wider than a phone, to be swiped
      Plotly.Plots.resize(plot);
    }
    const pick = Object.entries(PICKS).find(([within]) => plot.closest(within))?.[1];
    if (pick) plot.on("plotly_click", (event) => swiped || pick(event, plot));
  };
  // Closes what explains a control, unless it is the one that `target` belongs to.
  const closeHelp = (target) => {
    for (const info of document.querySelectorAll(".info-text.open")) {
      if ([info, info.previousElementSibling].includes(target)) continue;
      info.classList.remove("open");
      info.previousElementSibling.setAttribute("aria-expanded", "false");
    }
  };
  // The sentence that explains a control waits behind a "?".
  const bindHelp = (info) => {
    const help = document.createElement("button");
    Object.assign(help, { className: "help", textContent: "?", type: "button" });
    help.setAttribute("aria-expanded", "false");
    help.addEventListener("click", (event) => {
      event.preventDefault();
      closeHelp(help);
      const open = info.classList.toggle("open");
      help.setAttribute("aria-expanded", `${open}`);
    });
    info.before(help);
  };
  // The label beside it may come in another language than the page was built in.
  const nameHelp = (help) => {
    const label = say("page.help", { control: help.previousElementSibling.textContent.trim() });
    if (help.getAttribute("aria-label") !== label) help.setAttribute("aria-label", label);
  };
  // The line over a picture has its title, and says of two that look alike which is which.
  const nameTitle = (heading) => {
    const picture = document.getElementById(heading.dataset.titleOf);
    const title = picture ? bridge.titleOf(picture) : "";
    if (heading.textContent !== title) heading.textContent = title;
  };
  // A row that is wider than a phone is swiped; what is picked in it comes into sight by itself.
  const seen = new WeakMap(); // by row, what was picked last, and how wide the row was
  const showPicked = (row) => {
    const picked = row.querySelector("[aria-selected=true], .selected");
    const now = picked && `${picked.textContent} ${row.scrollWidth}`;
    if (!picked || seen.get(row) === now) return;
    seen.set(row, now);
    const [inner, outer] = [picked, row].map((one) => one.getBoundingClientRect());
    row.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  };
  let showing; // the frame in which picked items come into sight
  const bind = () => {
    document.querySelectorAll("[data-title-of]").forEach(nameTitle);
    document.querySelectorAll(".js-plotly-plot:not([role])").forEach(bindPlot);
    document.querySelectorAll(".info-text:not(.help + *)").forEach(bindHelp);
    document.querySelectorAll(".help").forEach(nameHelp);
    for (const empty of document.querySelectorAll(".empty[aria-label]:not([role])")) {
      empty.setAttribute("role", "img"); // Gradio names what has no role
    }
    if (bridge.box()) markAnswered();
    // What is asked, and the cards, have no part in a view that is not of the text.
    document.body.classList.toggle("without-text", bridge.views[bridge.view()]?.ofText === false);
    // Once a frame: how wide a row is makes the browser lay out the whole page.
    cancelAnimationFrame(showing);
    showing = requestAnimationFrame(() => {
      document.querySelectorAll("[role=tablist], .controls .wrap").forEach(showPicked);
    });
  };
  new MutationObserver(bind).observe(document.documentElement, {
    childList: true, subtree: true, attributeFilter: ["aria-selected"],
  });

  let typing;
  document.addEventListener("input", (event) => {
    if (event.target !== bridge.box() || bridge.ofAnswer(event)) return;
    clearTimeout(typing);
    markAnswered();
    const follows = bridge.element("asYouType").querySelector("input").checked;
    if (!follows || !event.target.value.trim()) return;
    typing = setTimeout(() => bridge.ask({ text: bridge.box().value }), QUIET_MS);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeHelp();
    if (event.key === "Enter" && event.target === bridge.box()) clearTimeout(typing);
  });

  // A click into the box selects what is there, so that typing replaces it.
  document.addEventListener("focusin", (event) => {
    if (event.target === bridge.box()) event.target.select();
  });
})();
