"""What a link carries comes back from it, and a link that somebody has edited does no harm."""

import pytest

from denoise_core.config import NoiseConfig
from denoise_core.jobs import Source
from pages.parts import links
from pages.parts.links import Linked

SOURCE = Source(input="a" * 64, file_name="pump.csv", column="p", options={"decimal": ","}, added_noise={"kind": "pink"})


def test_a_link_carries_all_of_it():
    linked = Linked(
        source=SOURCE, run="r", study="s", noise=NoiseConfig(level=0.5), drawn=("", "first", "", "second"), baseline="second"
    )
    query = links.write(linked)
    assert set(query) == set(links.PARAMETERS)
    assert links.read(query) == linked


def test_what_is_as_usual_is_not_in_the_link():
    assert links.write(Linked()) == {}
    assert links.read({}) == Linked()


@pytest.mark.parametrize("text", ["", "[", "[]", "7", "null", '{"level": "loud"}', '{"taste": 1}', "9" * 5000])
def test_what_cannot_be_read_is_as_if_it_were_not_there(text):
    found = links.read({"series": "a", "noise": text, "read": "[" + text, "added": "7"})
    assert found == Linked(source=Source(input="a"))
