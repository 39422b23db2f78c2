"""Refusal of builds with most articles removed, as when a folder is not mounted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from kb.errors import BuildRefused
from kb.indexing.ledger import Ledger
from kb.indexing.plan import Plan
from kb.storage.records import FileRecord, owners


def refuse_vanished(root: Path, known: Mapping[str, FileRecord], plan: Plan) -> None:
    """Raises BuildRefused if too many files are gone, whatever the new files hold; known before any reading."""
    present = plan.unread.keys() | {source.path for source in plan.read}
    elsewhere = {article.id for path in present & known.keys() for article in known[path].articles}
    before = owners(known.values())
    gone = Counter(owned.path for id_, owned in before.items() if owned.path not in present and id_ not in elsewhere)
    # A new file may be one of those that are gone under another name: at best the largest.
    found_again = sum(count for _, count in gone.most_common(len(present - known.keys())))
    _refuse_if_most(root, gone.total() - found_again, len(before))


def refuse_shrunk(root: Path, known: Mapping[str, FileRecord], ledger: Ledger) -> None:
    """Raises BuildRefused if too many articles are to be removed, by a ledger of all files.

    Articles of moved files do not count.
    """
    removed = ledger.removed()
    if not removed:
        return
    before = owners(known.values())
    contents = {file.digest for file in ledger.files().values() if file.digest and file.articles}
    lost = [id_ for id_ in removed if known[before[id_].path].digest not in contents]
    _refuse_if_most(root, len(lost), len(before))


def _refuse_if_most(root: Path, lost: int, of: int) -> None:
    if 2 * lost > of:
        raise BuildRefused(
            f"{root} lacks {lost:,} of the {of:,} articles in the index, more than half; "
            f"is the folder mounted, and whole? To remove them: kb index --allow-shrink"
        )
