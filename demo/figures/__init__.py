"""Pictures: pure functions from a Reading to a Plotly figure or to HTML. No Gradio in here."""
