"""Parts of views that more than one pane shows."""
