"""The service: HTTP API and search page."""
