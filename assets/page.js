// What the page needs from the browser and Gradio does not offer: the screen that pictures are
// drawn for, a switch between light and dark, and a click on a small heatmap that opens it large.
window.headlineAttention = {
  screen: () => ({ dark: document.body.classList.contains("dark"), width: window.innerWidth }),

  // Event hook: hands the values on with the last one replaced by the screen as it is now.
  withScreen: (...values) => [...values.slice(0, -1), window.headlineAttention.screen()],

  switchTheme: (...values) => {
    document.body.classList.toggle("dark");
    return window.headlineAttention.withScreen(...values);
  },
};

(() => {
  const openHead = (event) => {
    const choices = document.querySelectorAll("#head input[type=radio]");
    choices[event.points[0].curveNumber]?.click();
  };
  const bind = () => {
    for (const plot of document.querySelectorAll(".js-plotly-plot:not([role])")) {
      if (!plot.on) continue;
      plot.setAttribute("role", "img");
      plot.setAttribute("aria-labelledby", "heads-caption");
      if (plot.closest("#heads-small")) plot.on("plotly_click", openHead);
    }
  };
  new MutationObserver(bind).observe(document.documentElement, { childList: true, subtree: true });

  // A click into the box selects what is there, so that typing replaces it.
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.("#headline textarea, #headline input")) event.target.select();
  });
})();
