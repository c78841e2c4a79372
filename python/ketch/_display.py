# SPDX-License-Identifier: Apache-2.0
"""How counts look: bars in a terminal, a histogram in notebooks; and progress."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

_ROWS = 20  # of text: the most frequent outcomes
_BARS = 32  # of a drawing
_BAR_WIDTH = 40  # characters
_EIGHTHS = " ▏▎▍▌▋▊▉"


def histogram_text(counts: dict[str, int], shots: int) -> str:
    """A line an outcome: its bits, its count, its share as a bar."""
    shown = list(counts.items())[:_ROWS]
    most = shown[0][1]
    digits = len(str(most))
    lines = []
    for bits, count in shown:
        eighths = round(8 * _BAR_WIDTH * count / most)
        bar = "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
        lines.append(f"{bits}  {count:{digits}d}  {100 * count / shots:6.2f}%  {bar}".rstrip())
    if len(counts) > len(shown):
        lines.append(f"and {len(counts) - len(shown)} more")
    return "\n".join(lines)


def histogram_svg(counts: dict[str, int], shots: int) -> str:
    """The most frequent outcomes as bars, in order of their bits, shares of the shots above them."""
    shown = dict(sorted(list(counts.items())[:_BARS]))
    most = max(shown.values())
    label = 7.2 * max(len(bits) for bits in shown)
    slanted = label > 40
    step = 44.0 if slanted else max(44.0, label + 8)
    height, top, left = 160.0, 20.0, 8.0
    below = (0.72 * label + 22) if slanted else 24.0
    width = left + step * len(shown) + (0.72 * label if slanted else 0) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {top + height + below + 16:.0f}" '
        f'width="{width:.0f}" font-family="monospace" font-size="12" fill="currentColor">'
    ]
    for place, (bits, count) in enumerate(shown.items()):
        x, tall = left + step * place, max(height * count / most, 1.0)
        middle = x + step / 2
        parts.append(f"<g><title>{escape(bits)}: {count} of {shots}</title>")
        parts.append(
            f'<rect x="{x + 4:.1f}" y="{top + height - tall:.1f}" width="{step - 8:.1f}" height="{tall:.1f}" '
            'fill="#4472c4"/>'
        )
        parts.append(
            f'<text x="{middle:.1f}" y="{top + height - tall - 4:.1f}" text-anchor="middle" font-size="10">'
            f"{100 * count / shots:.3g}%</text>"
        )
        turn = f' transform="rotate(45 {middle:.1f} {top + height + 14:.1f})"' if slanted else ' text-anchor="middle"'
        parts.append(f'<text x="{middle:.1f}" y="{top + height + 14:.1f}"{turn}>{escape(bits)}</text></g>')
    said = f"{shots} shots, {len(counts)} outcomes" + (
        f", the {len(shown)} most frequent" if len(counts) > len(shown) else ""
    )
    parts.append(f'<text x="{left + 4}" y="{top + height + below + 10:.1f}" font-size="10">{said}</text></svg>')
    return "".join(parts)


def is_wanted(progress: Any) -> bool:
    """Whether anything was given as `progress`."""
    if progress is not None and not isinstance(progress, bool) and not callable(progress):
        raise TypeError(f"progress is True or something to call, not {progress!r}")
    return progress is not None and progress is not False


def progress_callback(progress: Any) -> tuple[Callable[[float, str], None], Callable[[], None]]:
    """(show, finish) for what the user gave as `progress`: True, a bar of tqdm where that is installed and else one
    line on stderr; a callable, called with the fraction done and the stage. Polled by the thread that waits: no thread
    of the library calls Python."""
    show, finish = (progress, lambda: None) if progress is not True else _bar()
    most = 0.0  # so far: an estimate may fall

    def rising(fraction: float, stage: str) -> None:
        nonlocal most
        most = max(most, fraction)
        show(most, stage)

    return rising, finish


def _bar() -> tuple[Callable[[float, str], None], Callable[[], None]]:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _line()
    bar = tqdm(total=100.0, bar_format="{l_bar}{bar}| {elapsed}<{remaining}", leave=False)

    def show(fraction: float, stage: str) -> None:
        bar.set_description_str(stage, refresh=False)
        bar.update(100 * fraction - bar.n)

    return show, bar.close


def _line() -> tuple[Callable[[float, str], None], Callable[[], None]]:
    import sys

    def show(fraction: float, stage: str) -> None:
        print(f"\r{stage:<10} {100 * fraction:3.0f} %", end="", file=sys.stderr, flush=True)

    return show, lambda: print("\r" + " " * 20 + "\r", end="", file=sys.stderr, flush=True)
