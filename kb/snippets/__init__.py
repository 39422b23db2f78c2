"""Passages of an article around what a query found."""
