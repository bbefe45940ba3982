"""Which origins may be configured: exact ones."""

import pytest
from pydantic import ValidationError

from configs.ingress import DESKTOP_ORIGINS, IngressConfig


@pytest.mark.parametrize(
    "origin",
    [*DESKTOP_ORIGINS, "https://play.example", "https://play-1.example:8443", "http://[::1]:7987", "http://10.0.0.1"],
)
def test_an_origin_as_browsers_write_it_is_taken(origin: str) -> None:
    assert IngressConfig.model_validate({"allowed_origins": [origin]}).allowed_origins == (origin,)


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "",
        "https://*",
        "https://*.example",
        "play.example",
        "https://play.example/",
        "https://Play.example",
        "https://play.example:",
        "file://*",
        "file:///home",
        "http://a http://b",
        "http://a\n",
    ],
)
def test_wildcards_null_and_what_no_browser_writes_are_refused(origin: str) -> None:
    with pytest.raises(ValidationError, match="is not an origin"):
        IngressConfig.model_validate({"allowed_origins": [origin]})
