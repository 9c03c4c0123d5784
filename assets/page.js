// What the page needs from the browser and Gradio does not offer: the screen that pictures are
// drawn for, a switch between light and dark, a click on a small heatmap that opens it large, and
// BertViz's view in a window or a file of its own, and files that no server keeps.
window.headlineAttention = {
  screen: () => ({
    dark: document.body.classList.contains("dark"),
    width: window.innerWidth,
    tab: document.querySelector("button[role=tab][aria-selected=true]")?.innerText.trim() ?? "Heads",
  }),

  // Event hook: hands the values on with the last one replaced by the screen as it is now.
  withScreen: (...values) => [...values.slice(0, -1), window.headlineAttention.screen()],

  switchTheme: () => document.body.classList.toggle("dark"),

  // Writes the silenced heads into their box as a person would.
  silence: (names) => {
    const box = document.querySelector("#muted :is(input, textarea)");
    box.value = names;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true }));
  },

  view: () => document.querySelector("#bertviz iframe"),

  // The new window holds the same sandboxed frame as the page.
  openView: () => {
    const opened = window.open("", "_blank");
    const frame = window.headlineAttention.view().cloneNode();
    frame.style = "position: fixed; inset: 0; width: 100%; height: 100%; border: 0";
    opened.document.title = frame.title;
    opened.document.body.append(frame);
  },

  saveView: () => {
    const frame = window.headlineAttention.view();
    const name = `${frame.title.toLowerCase().replaceAll(/\W+/g, "-")}.html`;
    window.headlineAttention.saveFile({ name, type: "text/html", text: frame.srcdoc });
  },

  saveFile: ({ name, type, text }) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
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
  const openHead = (event) => {
    const choices = document.querySelectorAll("#head input[type=radio]");
    choices[event.points[0].curveNumber]?.click();
  };
  const muteHead = (event) => {
    const named = event.points[0].customdata.slice(0, 2).join(".");
    const silenced = document.querySelector("#muted :is(input, textarea)").value;
    const names = silenced.split(/[,;\s]+/).filter(Boolean);
    const others = names.filter((name) => name !== named);
    if (others.length === names.length) others.push(named);
    window.headlineAttention.silence(others.join(", "));
  };
  const bind = () => {
    for (const plot of document.querySelectorAll(".js-plotly-plot:not([role])")) {
      if (!plot.on) continue;
      plot.setAttribute("role", "img");
      const caption = plot.closest("#alignment, #ablation, #batch")?.id ?? "heads";
      plot.setAttribute("aria-labelledby", `${caption}-caption`);
      if (plot.closest("#heads-small")) plot.on("plotly_click", openHead);
      if (plot.closest("#ablation")) plot.on("plotly_click", muteHead);
    }
  };
  new MutationObserver(bind).observe(document.documentElement, { childList: true, subtree: true });

  // A click into the box selects what is there, so that typing replaces it.
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.("#headline textarea, #headline input")) event.target.select();
  });
})();
