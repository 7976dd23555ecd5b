"""Property tests try the same examples in every run, and none fails because the machine was busy for a moment.

Others are tried with ``pytest --hypothesis-profile default``.
"""

from hypothesis import settings

if settings.get_current_profile_name() == "default":
    settings.load_profile("ci")
