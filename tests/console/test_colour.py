"""Contrast and distance against what their authors published."""

from __future__ import annotations

import pytest

from agentwatch.console.colour import RGB, Eye, ciede2000, contrast, distance, lab

SHARMA = (
    # the test data of Sharma, Wu and Dalal (2005): L a b, L a b, distance
    (50.0000, 2.6772, -79.7751, 50.0000, 0.0000, -82.7485, 2.0425),
    (50.0000, 3.1571, -77.2803, 50.0000, 0.0000, -82.7485, 2.8615),
    (50.0000, 2.8361, -74.0200, 50.0000, 0.0000, -82.7485, 3.4412),
    (50.0000, -1.3802, -84.2814, 50.0000, 0.0000, -82.7485, 1.0000),
    (50.0000, -1.1848, -84.8006, 50.0000, 0.0000, -82.7485, 1.0000),
    (50.0000, -0.9009, -85.5211, 50.0000, 0.0000, -82.7485, 1.0000),
    (50.0000, 0.0000, 0.0000, 50.0000, -1.0000, 2.0000, 2.3669),
    (50.0000, -1.0000, 2.0000, 50.0000, 0.0000, 0.0000, 2.3669),
    (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0009, 7.1792),
    (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0011, 7.2195),
    (50.0000, -0.0010, 2.4900, 50.0000, 0.0009, -2.4900, 4.8045),
    (50.0000, -0.0010, 2.4900, 50.0000, 0.0011, -2.4900, 4.7461),
    (50.0000, 2.5000, 0.0000, 50.0000, 0.0000, -2.5000, 4.3065),
    (50.0000, 2.5000, 0.0000, 73.0000, 25.0000, -18.0000, 27.1492),
    (50.0000, 2.5000, 0.0000, 61.0000, -5.0000, 29.0000, 22.8977),
    (50.0000, 2.5000, 0.0000, 56.0000, -27.0000, -3.0000, 31.9030),
    (50.0000, 2.5000, 0.0000, 58.0000, 24.0000, 15.0000, 19.4535),
    (60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644),
    (63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630),
    (61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731),
    (35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645),
    (22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373),
    (36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146),
    (90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441),
    (90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381),
    (6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377),
    (2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082),
)


@pytest.mark.parametrize("pair", SHARMA)
def test_the_distance_is_the_published_one(pair: tuple[float, ...]) -> None:
    one, other = (pair[0], pair[1], pair[2]), (pair[3], pair[4], pair[5])
    assert round(ciede2000(one, other), 4) == pair[6]
    assert round(ciede2000(other, one), 4) == pair[6]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ((0, 0, 0), (255, 255, 255), 21.0),
        ((255, 255, 255), (255, 255, 255), 1.0),
        ((0x77, 0x77, 0x77), (255, 255, 255), 4.48),  # the grey that only just fails AA
        ((0x76, 0x76, 0x76), (255, 255, 255), 4.54),
        ((255, 0, 0), (255, 255, 255), 4.0),
    ],
)
def test_the_contrast_is_that_of_wcag(one: RGB, other: RGB, ratio: float) -> None:
    assert round(contrast(one, other), 2) == ratio
    assert contrast(one, other) == contrast(other, one)


@pytest.mark.parametrize(
    ("colour", "expected"),
    [((255, 255, 255), (100.0, 0.0, 0.0)), ((0, 0, 0), (0.0, 0.0, 0.0)),
     ((255, 0, 0), (53.24, 80.09, 67.2))],
)  # fmt: skip
def test_a_colour_has_its_place_in_cielab(
    colour: RGB, expected: tuple[float, float, float]
) -> None:
    assert lab(colour) == pytest.approx(expected, abs=0.02)


RED, GREEN, BLUE = (214, 39, 40), (44, 130, 44), (31, 119, 180)


@pytest.mark.parametrize("eye", ["protan", "deutan"])
def test_red_and_green_draw_near_for_eyes_that_lack_one_of_them(eye: Eye) -> None:
    assert distance(RED, GREEN, eye) < distance(RED, GREEN) / 2


def test_blue_and_green_draw_near_for_tritan_eyes() -> None:
    assert distance(BLUE, GREEN, "tritan") < distance(BLUE, GREEN) / 2
    assert distance(RED, GREEN, "tritan") > distance(RED, GREEN, "deutan")


@pytest.mark.parametrize("eye", ["normal", "protan", "deutan", "tritan"])
def test_white_is_white_to_every_eye(eye: Eye) -> None:
    assert distance((255, 255, 255), (255, 255, 255), eye) == 0
    assert distance((255, 255, 255), (0, 0, 0), eye) == pytest.approx(100, abs=0.01)
