"""The tabs of the page by their ids in a link, and what is there once a tab is drawn."""

DRAWN = {
    "heads": "#head-large .heatmaplayer",
    "inside": "#inside .row",
    "alignment": "#alignment .heatmaplayer",
    "bertviz": "#bertviz iframe",
    "evidence": "#evidence .strip",
    "compare": "#compare-difference .heatmaplayer",
    "batch": "#batch-lines textarea",
    "models": "#confusion .heatmaplayer",
}
