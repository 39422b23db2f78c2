"""Markdown to plain text: CommonMark with tables and front matter, without Hugo's shortcodes."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from kb.articles.element_text import fragment_text
from kb.articles.fields import manuscript_of
from kb.articles.flow import Flow
from kb.articles.frontmatter import split_front_matter
from kb.articles.manuscript import Manuscript, same_words

_SHORTCODE = r"\{\{[<%](?:(?!\{\{).){0,4000}?[%>]\}\}"
"""Without a shortcode inside: many opened and never closed shortcodes cost no more than one."""

_SHORTCODE_TARGET = re.compile(rf"(\]\(\s*|^\s{{0,3}}\[[^\]\n]+\]:\s*){_SHORTCODE}", re.S | re.M)
_SHORTCODES = re.compile(_SHORTCODE, re.S)
_HEADING_ATTRIBUTES = re.compile(r"\s*\{[#.:][^{}]*\}\s*$")
_HIDING_TAG = re.compile(r"<(/?)(?:script|style|template|noscript)\b", re.I)
_TAG = re.compile(r"\s*<(/?)[a-z][a-z0-9]*\b[^<>]*>", re.I)
_BREAK_TAG = re.compile(r"<br\b", re.I)

_MAX_BRACKETS = 1000
"""Opening brackets of a paragraph with links; more are no links, and matching takes quadratic time."""


def read_markdown(text: str) -> Manuscript:
    """The manuscript of a Markdown file."""
    fields, source = split_front_matter(text)
    manuscript = manuscript_of(fields)
    tokens = _parser().parse(_without_shortcodes(source))
    heading = _first_heading(tokens)
    title = manuscript.title or (_inline_text(tokens[heading + 1].children or []) if heading is not None else "")
    body = tokens
    if heading is not None and same_words(_inline_text(tokens[heading + 1].children or []), title):
        body = tokens[:heading] + tokens[heading + 3 :]
    manuscript.title = title
    manuscript.summary = _plain(_parser().parse(_without_shortcodes(manuscript.summary)))
    # A heading alone is still worth finding, unless a summary can be shown.
    manuscript.text = _plain(body) or manuscript.summary or _plain(tokens)
    return manuscript


def _without_shortcodes(source: str) -> str:
    if "{{" not in source:
        return source
    # A link to a shortcode gets the address `#`: without an address, the brackets would be read as text.
    return _SHORTCODES.sub("", _SHORTCODE_TARGET.sub(r"\1#", source))


class _TextParser(MarkdownIt):
    """Parser without checks of addresses, because only the text of a link is used."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's name
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - likewise
        return url


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # Threads may share the parser: the state of a call is in its arguments.
    parser = _TextParser("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
    parser.core.ruler.at("inline", _parse_paragraphs)
    return parser


def _parse_paragraphs(state: StateCore) -> None:
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        if token.content.count("[") > _MAX_BRACKETS:
            token.children.append(Token("text", "", 0, content=token.content))
        else:
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _first_heading(tokens: Sequence[Token]) -> int | None:
    return next((i for i, token in enumerate(tokens) if token.type == "heading_open"), None)


def _plain(tokens: Sequence[Token]) -> str:
    flow = Flow()
    has_markup = any(token.type == "html_block" for token in tokens)
    for i, token in enumerate(tokens):
        match token.type:
            case "inline":
                text = _inline_text(token.children or [])
                flow.add(_HEADING_ATTRIBUTES.sub("", text) if tokens[i - 1].type == "heading_open" else text)
            case "bullet_list_open":
                flow.open_list()
            case "ordered_list_open":
                flow.open_list(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                flow.close_list()
            case "list_item_open":
                flow.item()
            case "list_item_close":
                flow.end_item()
            case "html_block":
                _write_apart(flow, fragment_text(token.content))
            case "code_block" if _is_markup(token, has_markup):
                _write_apart(flow, fragment_text(token.content))
            case _:
                _write_block(flow, token)
    return flow.text().strip()


def _write_block(flow: Flow, token: Token) -> None:
    match token.type:
        case "tr_open":
            flow.open_row()
        case "tr_close":
            flow.close_row()
        case "th_open" | "td_open":
            flow.cell()
        case "fence":
            _write_apart(flow, token.content)
        case "code_block":
            # Indented text is code by the rules, but often meant as a paragraph, with entities.
            _write_apart(flow, html.unescape(token.content))
        case "paragraph_open" | "paragraph_close" | "heading_open" | "heading_close" | "table_open" | "table_close":
            flow.block()


def _write_apart(flow: Flow, text: str) -> None:
    flow.block()
    flow.add(text)
    flow.block()


def _is_markup(code: Token, has_markup: bool) -> bool:
    """Whether indented "code" is HTML continued after an empty line, a habit of page converters."""
    start = _TAG.match(code.content)
    return start is not None and (has_markup or bool(start[1]))


def _inline_text(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    hidden = False
    for token in tokens:
        if token.type == "html_inline":
            if tag := _HIDING_TAG.match(token.content):
                hidden = not tag[1]
            elif _BREAK_TAG.match(token.content):
                parts.append("\n")
        elif hidden:
            continue
        elif token.type in ("text", "code_inline", "text_special"):
            parts.append(token.content)
        elif token.type == "softbreak":
            parts.append(" ")
        elif token.type == "hardbreak":
            parts.append("\n")
        elif token.type == "image":
            parts.append(_inline_text(token.children or []))
    return "".join(parts)
