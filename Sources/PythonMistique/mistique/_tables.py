"""Tables for people: as text, and as HTML for notebooks."""

from __future__ import annotations

import html
from typing import Any, Sequence


def bytes_text(count: int) -> str:
    """An amount of bytes in decimal units: 1 MB is 10^6 bytes."""
    size, unit = float(count), "B"
    for larger in ("KB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{count} B" if unit == "B" else f"{size:.1f} {unit}"


def as_text(title: str, head: Sequence[str], rows: Sequence[Sequence[Any]], most: int = 30) -> str:
    """A title and a table below it, the first `most` rows."""
    shown = [[str(cell) for cell in row] for row in rows[:most]]
    widths = [max([len(name)] + [len(row[place]) for row in shown]) for place, name in enumerate(head)]
    lines = [title]
    if shown:
        lines += ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in [list(head)] + shown]
    if len(rows) > most:
        lines.append(f"  ... and {len(rows) - most} more")
    return "\n".join(lines)


def as_html(title: str, head: Sequence[str], rows: Sequence[Sequence[Any]], most: int = 100) -> str:
    """The same as an HTML table. What is in a store is text of other people: it is escaped."""
    cells = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows[:most])
    more = f"<p>... and {len(rows) - most} more</p>" if len(rows) > most else ""
    return f"<div><p><b>{html.escape(title)}</b></p><table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>{more}</div>"
