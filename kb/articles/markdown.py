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
from kb.articles.markdown_lines import MAX_COST, first_heading, parsing_cost, text_of_lines

_SHORTCODE = r"\{\{[<%](?:(?!\{\{).){0,4000}?[%>]\}\}"
"""Without a shortcode inside: many opened and never closed shortcodes cost no more than one."""

_SHORTCODE_TARGET = re.compile(rf"(\]\(\s*|^\s{{0,3}}\[[^\]\n]+\]:\s*){_SHORTCODE}", re.S | re.M)
_SHORTCODES = re.compile(_SHORTCODE, re.S)
_HIDING_TAG = re.compile(r"<(/?)(?:script|style|template|noscript)\b", re.I)
_TAG = re.compile(r"\s*<(/?)[a-z][a-z0-9]*\b[^<>]*>", re.I)
_BREAK_TAG = re.compile(r"<br\b", re.I)

_MAX_BRACKETS = 1000
"""Opening brackets of a paragraph with links; more are no links, and matching takes quadratic time."""

_MAX_WORK = 20_000_000
"""Sum of the squares of the brackets in the paragraphs of a file; further paragraphs have few brackets, or no links."""

_FEW_BRACKETS = 10

_MAX_NESTING = 100
"""Levels of blocks and of inline marks; the parser drops what is in deeper blocks."""

_UNLINKED = "unlinked"
"""Key of the parser's environment for the number of paragraphs without links."""


def read_markdown(text: str) -> Manuscript:
    """The manuscript of a Markdown file."""
    fields, source = split_front_matter(text)
    manuscript = manuscript_of(fields)
    source = _without_shortcodes(source)
    if parsing_cost(source) > MAX_COST:
        return _manuscript_of_lines(manuscript, source, "so much markup")
    parsed: dict[str, int] = {}
    tokens = _parser().parse(source, parsed)
    if any(token.level >= _MAX_NESTING - 1 for token in tokens):
        return _manuscript_of_lines(manuscript, source, f"more than {_MAX_NESTING} levels of lists and quotes")
    if parsed.get(_UNLINKED):
        manuscript.remarks = (f"paragraphs with too many brackets are read as plain text: {parsed[_UNLINKED]}",)
    heading = _first_heading(tokens)
    title = manuscript.title or (_inline_text(tokens[heading + 1].children or []) if heading is not None else "")
    body = tokens
    if heading is not None and same_words(_inline_text(tokens[heading + 1].children or []), title):
        body = tokens[:heading] + tokens[heading + 3 :]
    manuscript.title = title
    manuscript.summary = _plain_summary(_without_shortcodes(manuscript.summary))
    # A heading alone is still worth finding, unless a summary can be shown.
    manuscript.text = _plain(body) or manuscript.summary or _plain(tokens)
    return manuscript


def _manuscript_of_lines(manuscript: Manuscript, source: str, cause: str) -> Manuscript:
    """The manuscript with the text of a source that is not parsed."""
    manuscript.title = manuscript.title or first_heading(source)
    manuscript.text = text_of_lines(source)
    manuscript.remarks = (f"its Markdown is read line by line, because it has {cause}",)
    return manuscript


def _plain_summary(source: str) -> str:
    return text_of_lines(source) if parsing_cost(source) > MAX_COST else _plain(_parser().parse(source))


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
    parser = _TextParser("commonmark", {"maxNesting": _MAX_NESTING}).enable(["table", "strikethrough"])
    parser.core.ruler.at("inline", _parse_paragraphs)
    return parser


def _parse_paragraphs(state: StateCore) -> None:
    work = 0
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        # Of each opening bracket of an image, the content is parsed once more.
        brackets = token.content.count("[") + 2 * token.content.count("![")
        work += brackets * brackets
        if brackets > (_MAX_BRACKETS if work < _MAX_WORK else _FEW_BRACKETS):
            state.env[_UNLINKED] = state.env.get(_UNLINKED, 0) + 1
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
                flow.add(_without_attributes(text) if tokens[i - 1].type == "heading_open" else text)
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


def _without_attributes(heading: str) -> str:
    """The heading without attributes in braces at its end, `{#id .class}`."""
    stripped = heading.rstrip()
    text, brace, attributes = stripped.rpartition("{")
    if brace and attributes[:1] in ("#", ".", ":") and attributes.find("}") == len(attributes) - 1:
        return text.rstrip()
    return heading


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
