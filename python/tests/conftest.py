# SPDX-License-Identifier: Apache-2.0
"""What all Python tests share: ``--tap`` reports as TAP, so that tools/test can count them; what many begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import ketch
import workloads


@pytest.fixture
def session() -> Iterator[ketch.Session]:
    with ketch.Session(threads=2) as session:
        yield session


@pytest.fixture(scope="module")
def long() -> ketch.Circuit:
    """Minutes of work."""
    return ketch.Circuit(workloads.long())


class Tap:
    """The plan first, then a line a test: one that was announced and never reported has crashed."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self.terminal = terminal
        self.count = 0

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.terminal.write_line(f"1..{len(session.items)}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str]:
        told = report.when == "call" or not report.passed
        return (report.outcome if told else "", "", "")  # no letters among the lines

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.passed:
            return  # preparing and clearing up is told only where it fails or skips
        self.count += 1
        skipped = ""
        if report.skipped and isinstance(report.longrepr, tuple):
            skipped = f" # SKIP {report.longrepr[2].removeprefix('Skipped: ')}"
        self.terminal.ensure_newline()
        self.terminal.write_line(f"{'not ok' if report.failed else 'ok'} {self.count} - {report.nodeid}{skipped}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tap", action="store_true", help="report as TAP")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--tap"):
        config.pluginmanager.register(Tap(config.pluginmanager.get_plugin("terminalreporter")))
