// What the page needs from the browser and Gradio does not offer: reading as one types, drawing the
// tab that is open for the screen as it is, links to what is shown, and the help beside a control.
const LONGEST_LINK = 60_000; // bytes; web servers take 64 KiB of an address at most

window.headlineAttention = {
  box: () => document.querySelector("#headline :is(input, textarea)"),

  read: () => document.querySelector("#read").click(),

  // The id of the tab that is open.
  tab: () => {
    const shown = [...document.querySelectorAll(".redraw")].find((button) =>
      button.closest("[role=tabpanel]").checkVisibility(),
    );
    return shown?.id.replace("redraw-", "");
  },

  draw: () => {
    headlineAttention.markAnswered();
    document.querySelector(`#redraw-${headlineAttention.tab()}`)?.click();
  },

  // Event hook: hands the values on with the last one replaced by the screen as it is now.
  withScreen: (...values) => [
    ...values.slice(0, -1),
    { dark: document.body.classList.contains("dark"), width: window.innerWidth },
  ],

  // While the cards answer an older text than the box holds, they say so.
  markAnswered: () => {
    const answered = document.querySelector("#cards .card[data-text]")?.dataset.text;
    const behind = answered !== undefined && answered !== headlineAttention.box().value;
    document.querySelector("#cards").classList.toggle("behind", behind);
  },

  switchTheme: () => {
    document.body.classList.toggle("dark");
    headlineAttention.draw();
  },

  // The text that the cards and pictures show.
  shownText: () => document.querySelector("#cards .card[data-text]")?.dataset.text ?? "",

  // {tab: {control: word}} with what differs from `views`, the controls of each tab as the page
  // opens; `values` are those of every control, in the same order.
  spelled: (views, values) => {
    const left = values.values();
    // As demo/links.py spells it: people count from 1, a switch is 1 or 0.
    const word = (value) => {
      if (typeof value === "boolean") return `${Number(value)}`;
      return typeof value === "number" ? `${value + 1}` : `${value ?? ""}`;
    };
    const changed = (controls) =>
      Object.entries(controls)
        .map(([name, first]) => [name, first, word(left.next().value)])
        .filter(([, first, now]) => now !== first)
        .map(([name, , now]) => [name, now]);
    return Object.fromEntries(
      Object.entries(views).map(([tab, controls]) => [tab, Object.fromEntries(changed(controls))]),
    );
  },

  // `views` as above; `values` the headline and then every control's value.
  copyLink: (views, [text, ...values]) => {
    const tab = headlineAttention.tab();
    const query = new URLSearchParams({ text, tab, ...headlineAttention.spelled(views, values)[tab] });
    const link = new URL(`?${query}`, location.href).href;
    if (link.length > LONGEST_LINK) {
      const size = Math.ceil(link.length / 1000);
      return headlineAttention.warn(
        `The text is too long for a link: it would have ${size} kB, and servers refuse more than ` +
          `${LONGEST_LINK / 1000}. Share the text beside a link to a shorter one.`,
      );
    }
    headlineAttention.copy(link);
  },

  // Copies, or has the person copy where the browser does not let a page do it.
  copy: async (link) => {
    const button = document.querySelector("#link");
    try {
      await navigator.clipboard.writeText(link);
      button.textContent = "Copied";
      // A first drawing holds the page up for seconds: the second wait starts after it.
      setTimeout(() => setTimeout(() => (button.textContent = "Copy link"), 1500), 500);
    } catch {
      prompt("Copy this link:", link);
    }
  },

  // Writes the silenced heads into their box as a person would.
  silence: (names) => {
    const box = document.querySelector("#muted :is(input, textarea)");
    box.value = names;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true }));
  },

  // Event hook: has a person pick a file and hands it on as base64, or without data if it has more
  // than `most` bytes, or null if none was picked.
  pickFile: (most) =>
    new Promise((resolve) => {
      const input = document.createElement("input");
      input.type = "file";
      input.accept = ".csv,.tsv,.txt";
      input.addEventListener("cancel", () => resolve([null]));
      input.addEventListener("change", () => {
        const { name, size } = input.files[0];
        if (size > most) return resolve([{ name, size, data: "" }]);
        const reader = new FileReader();
        reader.onloadend = () =>
          resolve([{ name, size, data: reader.result?.split(",")[1] ?? "" }]);
        reader.readAsDataURL(input.files[0]);
      });
      input.click();
    }),
};

(() => {
  const QUIET_MS = 250; // after the last key

  const pick = (picker, index) => document.querySelectorAll(`${picker} input[type=radio]`)[index]?.click();
  const openHead = (event) => pick("#head", event.points[0].curveNumber);
  const openHeadOfMap = (event) => {
    const { blocks } = document.querySelector("#heads-all .js-plotly-plot").layout.meta;
    const at = (place) => Math.floor(place / (blocks.size + 1));
    pick("#layer", at(event.points[0].y));
    pick("#head", at(event.points[0].x));
    document.querySelector("#head-large").scrollIntoView({ block: "nearest" });
  };
  const muteHead = (event) => {
    const named = event.points[0].customdata.slice(0, 2).join(".");
    const silenced = document.querySelector("#muted :is(input, textarea)").value;
    const names = silenced.split(/[,;\s]+/).filter(Boolean);
    const others = names.filter((name) => name !== named);
    if (others.length === names.length) others.push(named);
    headlineAttention.silence(others.join(", "));
  };
  const bindPlot = (plot) => {
    const picture = plot.closest(".block[id]");
    if (!plot.on || !picture) return;
    plot.setAttribute("role", "img");
    const caption = `${picture.id}-caption`;
    plot.setAttribute("aria-labelledby", document.getElementById(caption) ? caption : "heads-caption");
    if (plot.closest("#heads-small")) plot.on("plotly_click", openHead);
    if (plot.closest("#heads-all")) plot.on("plotly_click", openHeadOfMap);
    if (plot.closest("#ablation")) plot.on("plotly_click", muteHead);
  };
  // The sentence that explains a control waits behind a "?".
  const bindHelp = (info) => {
    const help = document.createElement("button");
    Object.assign(help, { className: "help", textContent: "?", type: "button" });
    help.setAttribute("aria-label", `What is “${info.previousElementSibling.textContent.trim()}”?`);
    help.setAttribute("aria-expanded", "false");
    help.addEventListener("click", (event) => {
      event.preventDefault();
      const open = info.classList.toggle("open");
      help.setAttribute("aria-expanded", `${open}`);
    });
    info.before(help);
  };
  const bind = () => {
    document.querySelectorAll(".js-plotly-plot:not([role])").forEach(bindPlot);
    document.querySelectorAll(".info-text:not(.help + *)").forEach(bindHelp);
  };
  new MutationObserver(bind).observe(document.documentElement, { childList: true, subtree: true });

  let typing;
  document.addEventListener("input", (event) => {
    if (event.target !== headlineAttention.box()) return;
    clearTimeout(typing);
    headlineAttention.markAnswered();
    if (!document.querySelector("#as-you-type input").checked || !event.target.value.trim()) return;
    typing = setTimeout(headlineAttention.read, QUIET_MS);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === headlineAttention.box()) clearTimeout(typing);
  });

  // A click into the box selects what is there, so that typing replaces it.
  document.addEventListener("focusin", (event) => {
    if (event.target === headlineAttention.box()) event.target.select();
  });
})();
