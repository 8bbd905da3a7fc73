import numpy as np
import pytest

from segmentary.errors import DataError
from segmentary.models.voice.embedding import places


class Fixed:
    def __init__(self, value):
        self.value = value

    def embed(self, texts):
        return self.value


def test_places_have_length_one():
    assert np.allclose(places(Fixed([[3.0, 4.0], [0.0, 0.0]]), ["a", "b"]), [[0.6, 0.8], [0.0, 0.0]])


@pytest.mark.parametrize("value", [[[1.0]], [1.0, 2.0], [[float("nan")], [1.0]]])
def test_what_does_not_fit(value):
    with pytest.raises(DataError):
        places(Fixed(value), ["a", "b"])
