"""How the tests share the cores, and an option for machines on which everything must be tested."""

from collections.abc import Generator

import pytest

ALLOWED = (
    "needs a Vosk model",
    "this checkout holds models of its own",
    "root may ",
)
"""How the reasons begin that are none of the machine's fault"""
ONE_AT_A_TIME = (
    "test_live_sound.py", "test_virtual_sound.py", "test_closed_air.py", "test_panic.py",
    "test_llama.py",
)  # fmt: skip
"""Tests of real devices and of deadlines, which must not take each other's time"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--everything",
        action="store_true",
        help="a test that is skipped for want of an engine, or of sound, has failed",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file together, for they share what is slow to load."""
    for item in items:
        name = item.path.name
        item.add_marker(pytest.mark.xdist_group("alone" if name in ONE_AT_A_TIME else name))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and item.config.getoption("--everything"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        if not reason.removeprefix("Skipped: ").startswith(ALLOWED):
            report.outcome = "failed"
            report.longrepr = f"Here it may not be skipped ({reason})."
    return report
