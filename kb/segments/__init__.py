"""Segments as arrays: how they are laid out, written, merged, opened, and shown to Whoosh."""
