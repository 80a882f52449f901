"""What a person pastes is read as they see it."""

import numpy as np
import pytest

from denoise_core.errors import DataError
from denoise_core.files import from_pasted


@pytest.mark.parametrize(
    ("text", "channel", "values", "rate_hz"),
    [
        ("1.5\n2\n\n1.25\n0.5\n", "column 1", [1.5, 2, 1.25, 0.5], None),
        ("1,5; 2,25; 3; 4,5", "column 1", [1.5, 2.25, 3, 4.5], None),
        ("[1.5, 2.25, 3, 4.5]", "column 1", [1.5, 2.25, 3, 4.5], None),
        ("1.5 2.25 -3 4e2", "column 1", [1.5, 2.25, -3, 400], None),
        ("1,2,3,1", "column 1", [1, 2, 3, 1], None),
        ("time [s]\tDruck [bar]\n0,0\t1,5\n0,1\t2,25\n0,2\t1,75\n", "Druck", [1.5, 2.25, 1.75], 10.0),
        ("0.0\t1.5\n0.1\t2.25\n0.2\t1.75", "column 2", [1.5, 2.25, 1.75], 10.0),
    ],
)
def test_pasted_numbers_and_tables_are_read(parsed, text, channel, values, rate_hz):
    recording = parsed(from_pasted(text))
    np.testing.assert_array_equal(recording.channels[channel], values)
    assert recording.time.rate_hz == (None if rate_hz is None else pytest.approx(rate_hz))


def test_an_empty_box_gets_a_sentence():
    with pytest.raises(DataError, match="nothing to read"):
        from_pasted(" \n\t\n")
