"""The ``conftest.py`` of the copy that is changed: what notices a change soonest runs first, and chance is the same.

A test that draws examples takes as long as a hundred that do not, and a run stops at the first test that fails. Nobody
reads the example that failed, so none is made simple.
"""

from hypothesis import Phase, is_hypothesis_test, settings
import pytest

settings.register_profile(
    "mutation", derandomize=True, database=None, deadline=None, phases=(Phase.explicit, Phase.generate)
)
settings.load_profile("mutation")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests that draw examples last."""
    items.sort(key=lambda item: is_hypothesis_test(getattr(item, "obj", None)))
