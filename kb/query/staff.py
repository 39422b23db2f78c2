"""Staff's query language: a boolean grammar, with mistakes reported by offset and expectation.

    query        = disjunction
    disjunction  = conjunction ("OR" conjunction)*
    conjunction  = clause ("AND"? clause)*
    clause       = ("NOT" | "-")? primary
    primary      = "(" disjunction ")"  |  field ":" primary  |  date ":" range  |  phrase  |  word
    phrase       = '"' words '"' ("~" slop?)? ("^" boost)?
    word         = (pattern  |  text ("~" edits?)?) ("^" boost)?
    range        = day  |  day? ".." day?  |  "[" day? "TO" day? "]"  |  (">" | ">=" | "<" | "<=") day

Words side by side must all match. Operators are upper case; `and` is a word. A pattern is a word with `*` or `?`. A day
is 2024, 2024-05 or 2024-05-03.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import regex
from whoosh.query import Or

from kb.days import add_days, period
from kb.engine.interface import Question, Tree
from kb.errors import QuerySyntaxError
from kb.query.lexer import MINUS
from kb.query.trees import PART_OF_FIELD, TreeBuilder, conjunction
from kb.query.visitor import Parse
from kb.segments.schema import NAME_FIELDS
from kb.text.tokens import Analyzer, fold

DATE_FIELDS = ("date", "published", "year")
"""Names of the day of publication before a colon."""
DEEPEST = 20
"""Most brackets inside one another."""
LEADING_LETTERS = 2
"""Fewest letters before the first wildcard of a pattern."""
MOST_EDITS = 2
"""Greatest edit distance of a misspelled word."""
MOST_DISTANCE = 100
"""Greatest slop of a phrase, in tokens."""
BOOSTS = (0.01, 100.0)
"""Least and greatest boost."""

Options: TypeAlias = dict[str, Any]
"""Options of `TreeBuilder.words`; the field is passed down through brackets."""

_SPACE = regex.compile(r"\s*")
_OPERATOR = regex.compile(r"(AND|OR|NOT)(?=[\s()\"]|$)")
_FIELD = regex.compile(r"([A-Za-z_]+):")
_PHRASE = regex.compile(r'"([^"]*)"')
_WORD = regex.compile(r'[^\s()"^~]+')
_RANGE = regex.compile(
    r"(?:\[\s*+(?:(?!TO\s)(\S++)\s++)?TO\s++([^\s\]]*+)\s*+\]"
    r"|(>=|<=|>|<)([\d-]++)|([\d-]*+)\.\.([\d-]*+)|([\d-]++))(?=[\s()]|$)"
)
_TILDE = regex.compile(r"~(\d*)")
_BOOST = regex.compile(r"\^(\d+(?:\.\d+)?)")


def parse_staff_query(query: str, builder: TreeBuilder, analyzer: Analyzer, *, most_words: int = 64) -> Parse:
    """The question of a staff query; raises QuerySyntaxError, which has an offset and the syntax expected there."""
    tree = _Parser(query, builder, analyzer, most_words).whole()
    question = Question(tree, query_terms=tuple(builder.query_terms), near=tuple(builder.near))
    return Parse(question, " ".join(query.split()))


class _Parser:
    """Recursive descent parser, with a method for each rule of the grammar.

    _offset      offset of the next character
    _words_left  words that the rest of the query may have
    _depth       brackets open
    _negative    whether the present part is excluded: by an odd count of negations around
    """

    def __init__(self, query: str, builder: TreeBuilder, analyzer: Analyzer, most_words: int) -> None:
        self._query = query
        self._builder = builder
        self._analyzer = analyzer
        self._words_left = most_words
        self._offset = 0
        self._depth = 0
        self._negative = False

    def whole(self) -> Tree:
        tree = self._disjunction({})
        if not self._is_at_end():
            raise self._error("the end of the query, AND, OR, or an opening bracket before this one")
        return tree

    def _disjunction(self, options: Options) -> Tree:
        trees = [self._conjunction(options)]
        while self._take_operator("OR"):
            trees.append(self._conjunction(options))
        return trees[0] if len(trees) == 1 else Or(trees)

    def _conjunction(self, options: Options) -> Tree:
        wanted: list[Tree] = []
        excluded: list[Tree] = []
        while True:
            negative = self._take_minus()
            outer, self._negative = self._negative, self._negative != negative
            tree = self._primary(options)
            self._negative = outer
            (excluded if negative else wanted).append(tree)
            has_and = self._take_operator("AND")
            if not has_and and (self._is_at_end() or self._peek() == ")" or self._operator() == "OR"):
                return conjunction(wanted, excluded)

    def _primary(self, options: Options) -> Tree:
        self._skip_space()
        start = self._offset
        if self._is_at_end() or self._operator() or self._peek() in (")", *MINUS):
            raise self._error("a word, a phrase, a field or an opening bracket")
        if self._peek() == "(":
            return self._in_brackets(options)
        if field := self._take(_FIELD):
            return self._fielded(field[1], start)
        if phrase := self._take(_PHRASE):
            return self._phrase(phrase[1], start, options)
        if self._peek() == '"':
            raise self._error('a closing " for this one')
        return self._word(start, options)

    def _in_brackets(self, options: Options) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._error(f"at most {DEEPEST} brackets inside one another")
        self._offset += 1
        tree = self._disjunction(options)
        if self._is_at_end() or self._peek() != ")":
            raise self._error("a closing bracket")
        self._offset += 1
        self._depth -= 1
        return tree

    def _fielded(self, field: str, start: int) -> Tree:
        name = field.lower().rstrip("s") if field.lower() == "tags" else field.lower()
        self._skip_space()
        if name in DATE_FIELDS:
            return self._dates()
        if name in NAME_FIELDS:
            return self._name(name, field)
        if name in PART_OF_FIELD:
            if _FIELD.match(self._query, self._offset):
                raise self._error(f"a word, a phrase or an opening bracket after {field}:")
            return self._primary({"field": PART_OF_FIELD[name]})
        known = ", ".join(f"{name}:" for name in (*PART_OF_FIELD, *NAME_FIELDS, "date"))
        raise self._error(f"one of {known} or the text in quotes", start)

    def _name(self, name: str, field: str) -> Tree:
        start = self._offset
        quoted = self._take(_PHRASE)
        value = quoted[1] if quoted else word[0] if (word := self._take(_WORD)) else ""
        if not value.strip():
            raise self._error(f"a name after {field}:, in quotes if it has several words", start)
        if not quoted and ("*" in value or "?" in value):
            raise self._error(f"a whole name after {field}:, without * or ?", start)
        return self._builder.name(name, value)

    def _dates(self) -> Tree:
        start = self._offset
        match = self._take(_RANGE)
        if not match:
            raise self._error("a day, a month, a year or a range such as 2023..2024-06")
        low, high, sign, limit, first, last, single = match.groups()
        try:
            if sign:
                return self._builder.dates(*_beyond(sign, limit))
            begin = period(low if low is not None else first if first is not None else single)
            end = period(high if high is not None else last if last is not None else single)
        except ValueError as error:
            raise self._error(f"a day such as 2024, 2024-05 or 2024-05-03 ({error})", start) from error
        if begin and end and begin[0] > end[1]:
            raise self._error("a range that does not end before it begins", start)
        return self._builder.dates(begin and begin[0], end and end[1])

    def _phrase(self, text: str, start: int, options: Options) -> Tree:
        words = self._searchable(text, start)
        tilde = self._take(_TILDE)
        slop = max(1, self._after_tilde(tilde[1], 1, MOST_DISTANCE, start)) if tilde else 1
        return self._builder.words(" ".join(text.split()), words, quoted=not tilde, slop=slop, **self._options(options))

    def _word(self, start: int, options: Options) -> Tree:
        match = self._take(_WORD)
        if not match:
            raise self._error("a word before this sign")
        text = match[0]
        if "*" in text or "?" in text:
            pattern = self._pattern(text, start)
            is_prefix = pattern.find("*") == len(pattern) - 1 and "?" not in pattern
            expand = self._builder.prefix if is_prefix else self._builder.wildcard
            return expand(pattern.removesuffix("*") if is_prefix else pattern, **self._options(options))
        words = self._searchable(text, start)
        tilde = self._take(_TILDE)
        if not tilde:
            return self._builder.words(text, words, **self._options(options))
        if len(words) > 1:
            raise self._error("one word before ~", start)
        edits = self._after_tilde(tilde[1], 1 if len(words[0]) < 8 else 2, MOST_EDITS, start)
        return self._builder.fuzzy(words[0], edits, **self._options(options))

    def _pattern(self, text: str, start: int) -> str:
        pattern = "".join(part if part in "*?" else fold(part) for part in regex.split(r"([*?])", text))
        leading = regex.match(r"[\p{L}\p{N}]*", pattern)
        if leading is None or len(leading[0]) < LEADING_LETTERS:
            raise self._error(f"at least {LEADING_LETTERS} letters before * or ?", start)
        if not regex.fullmatch(r"[\p{L}\p{N}\p{M}*?]+", pattern):
            raise self._error("only letters, digits, * and ? in a pattern", start)
        self._count(1, start)
        return pattern

    def _searchable(self, text: str, start: int) -> list[str]:
        words = self._analyzer.tokens(text).words
        if not words:
            raise self._error("at least one letter or digit", start)
        self._count(len(words), start)
        return words

    def _count(self, words: int, start: int) -> None:
        self._words_left -= words
        if self._words_left < 0:
            raise self._error("fewer words; a query has at most as many as the setting query_terms says", start)

    def _boost(self) -> Options:
        if self._peek() != "^":
            return {}
        start = self._offset
        match = self._take(_BOOST)
        if not match or not BOOSTS[0] <= float(match[1]) <= BOOSTS[1]:
            raise self._error(f"a number from {BOOSTS[0]:g} to {BOOSTS[1]:g} after ^", start)
        return {"boost": float(match[1])}

    def _after_tilde(self, digits: str, default: int, most: int, start: int) -> int:
        if len(digits) > len(str(most)) or int(digits or default) > most:
            raise self._error(f"at most {most} after ~", start)
        return int(digits or default)

    def _options(self, options: Options) -> Options:
        """Options of a word or a phrase, with the boost at the present offset and the sign."""
        return {**self._boost(), "negative": self._negative, **options}

    def _take_minus(self) -> bool:
        if self._take_operator("NOT"):
            return True
        self._skip_space()
        if self._peek() not in MINUS:
            return False
        self._offset += 1
        if self._peek().isspace():
            raise self._error("a word right after this minus sign, or quotes around it")
        return True

    def _take_operator(self, name: str) -> bool:
        self._skip_space()
        if self._operator() != name:
            return False
        self._offset += len(name)
        return True

    def _operator(self) -> str | None:
        match = _OPERATOR.match(self._query, self._offset)
        return match[1] if match else None

    def _take(self, pattern: regex.Pattern[str]) -> regex.Match[str] | None:
        match = pattern.match(self._query, self._offset)
        if match:
            self._offset = match.end()
        return match

    def _peek(self) -> str:
        return self._query[self._offset : self._offset + 1]

    def _skip_space(self) -> None:
        self._take(_SPACE)

    def _is_at_end(self) -> bool:
        self._skip_space()
        return self._offset >= len(self._query)

    def _error(self, expected: str, offset: int | None = None) -> QuerySyntaxError:
        return QuerySyntaxError(self._offset if offset is None else offset, expected)


def _beyond(sign: str, limit: str) -> tuple[str | None, str | None]:
    """First and last day on one side of a period, None for an open side; raises ValueError as `period` does."""
    bounds = period(limit)
    if bounds is None:
        raise ValueError("a date is missing")
    first, last = bounds
    match sign:
        case ">=":
            return first, None
        case "<=":
            return None, last
        case ">":
            return add_days(last, 1), None
        case _:
            return None, add_days(first, -1)
