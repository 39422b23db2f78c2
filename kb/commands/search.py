"""`kb search`: ranked hits with coloured snippets, or the answer of the HTTP API."""

from __future__ import annotations

import click

from kb.commands.options import index_option, stating_errors
from kb.machine_code.announcing import announce_with
from kb.search.live import open_index
from kb.search.page_json import encode_page
from kb.settings import Settings
from kb.terminal import console_for, preparation_progress, print_json, print_page


@click.command("search")
@click.argument("query")
@index_option
@click.option("--limit", type=click.IntRange(1, 100), default=10, metavar="N", help="Hits to show [10].")
@click.option("--json", "as_json", is_flag=True, help="Print the answer of the HTTP API.")
@click.option("--staff", is_flag=True, help="Read QUERY in the staff's language: AND, OR, NOT, title:, date: ...")
@click.option("--explain", is_flag=True, help="With --staff: say how the score of each hit came about.")
@stating_errors
def command(query: str, index: str | None, limit: int, as_json: bool, staff: bool, explain: bool) -> None:
    """Search the index for QUERY."""
    if explain and not staff:
        raise click.UsageError("--explain is for staff; expected --staff together with it")
    settings = Settings.load(index=index)
    announce_with(preparation_progress)
    searcher = open_index(settings.index, settings)
    page = searcher.search(query, limit=limit, mode="staff" if staff else "visitor", explain=explain)
    if as_json:
        print_json(encode_page(page))
    else:
        print_page(console_for(), page)
