// Plotly as Gradio calls it: for every new figure it draws twice, into the element that is there, which
// it takes away right after, and into the one that takes its place. Here a picture is drawn once.
(() => {
  const drawOnce = (plotly) => {
    const { react } = plotly;
    // Gradio alone asks for a figure that is responsive.
    plotly.react = (element, data, layout, config) =>
      config?.responsive && element.layout ? Promise.resolve(element) : react(element, data, layout, config);
  };
  let plotly; // there as soon as the first picture comes
  Object.defineProperty(window, "Plotly", {
    configurable: true,
    get: () => plotly,
    set: (loaded) => {
      plotly = loaded;
      drawOnce(plotly);
    },
  });
})();
