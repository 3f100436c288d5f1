"""Fields that came into their terms later."""

from collections.abc import Mapping

# Marks a field that came into its term later: at its default it is not written, so that older digests stay as they are.
ABSENT_AT_DEFAULT: Mapping[str, bool] = {"absent at default": True}
