"""An engine over HTTP: the API and the search page."""
