"""Every picture of every view as it is saved for a slide, by its SVG's geometry, in Chromium."""

import io
from urllib.parse import urlencode

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.trained, pytest.mark.browser]
WIDTH, HEIGHT = 1920, 1080
LEAST_TYPE, LEAST_WORD, LEAST_INDEX = 24, 28, 16  # px of a slide; an index of a formula is smaller
ROUNDED = 1  # px
TEXTS = {
    20: "Oil prices climb to a record high as a storm shuts refineries along the Gulf coast "
    "and traders fear shortages",
    60: "Oil prices climbed to a record high on Monday after a storm shut refineries along the "
    "Gulf coast and traders feared that shortages of gasoline would last for weeks, while analysts "
    "at several banks said that demand from China and India had grown faster than anyone expected "
    "this year and that producers could hardly pump more crude oil before the winter",
}
HEADS = ("heads-small", "head-large")
PICTURES = {  # of each view as its query opens it
    ("heads", "reader=transformer"): HEADS,
    ("heads", "reader=bert&layer=3&head=4"): (*HEADS, "heads-all"),
    ("inside", "reader=transformer"): ("inside", "inside-onward"),
    ("inside", "reader=bert&layer=1&head=4"): ("inside", "inside-onward"),
    ("inside", "reader=rnnsearch"): ("inside",),
    ("inside", "kinds=both"): ("inside",),
