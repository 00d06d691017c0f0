"""Which entries of the import path depend on the working directory."""

from __future__ import annotations

import pytest

from text2llm.import_path import fixed_entries


@pytest.mark.parametrize(
    ("entries", "python_path", "kept"),
    [
        (["", ".", "lib", "/opt/lib"], "", ["/opt/lib"]),
        (["/repo", "/repo/lib", "/opt/lib"], "", ["/repo/lib", "/opt/lib"]),
        (["/repo/lib", "/repo/src", "/opt/lib"], "lib:/opt/lib", ["/repo/src", "/opt/lib"]),
        (["/repo/lib", "/lib"], "../lib", ["/repo/lib"]),
        (["/repo/../repo", "/repo/."], "", []),
    ],
)
def test_entries_that_depend_on_the_working_directory_are_known(
    entries: list[str], python_path: str, kept: list[str]
) -> None:
    assert fixed_entries(entries, "/repo", python_path) == kept


def test_the_folder_that_everything_is_installed_in_stays() -> None:
    import site

    packages = site.getsitepackages()[0]
    assert fixed_entries([packages], packages, "") == [packages]
