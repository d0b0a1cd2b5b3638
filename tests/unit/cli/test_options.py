import pytest

from levelbench.cli import options
from levelbench.errors import LabError
from levelbench.model.vocabulary import ENDPOINTS


def test_endpoints_are_counted_in_their_order() -> None:
    assert options.endpoints("detail, list") == ("list", "detail")
    assert options.endpoints("") == ENDPOINTS


@pytest.mark.parametrize("text", ["lists", ",", "list,"])
def test_an_unknown_endpoint_is_refused(text: str) -> None:
    with pytest.raises(LabError, match="there is no endpoint"):
        options.endpoints(text)
