"""The shell, the parts and the doors render in both languages, without a database and without unknown names."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.http import HttpRequest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override

from tests.design.samples import CONTEXT

pytestmark = pytest.mark.urls("tests.design.urls")

Draw = Callable[..., str]


class Sample(forms.Form):
    value = forms.DecimalField(label="Value", help_text="In percent")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)


class SignIn(forms.Form):
    username = forms.EmailField(label="E-mail")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)


@pytest.fixture
def draw() -> Draw:
    def drawn(source: str, **values: object) -> str:
        return Template("{% load figures parts %}" + source).render(Context(values))

    return drawn


@pytest.fixture
def request_of_a_reader() -> HttpRequest:
    request = RequestFactory().get("/kpis/")
    request.COOKIES["theme"] = "dark"
    return request


@pytest.fixture
def gallery(request_of_a_reader: HttpRequest) -> str:
    source = (Path(__file__).parent / "gallery.html").read_text()
    context = Context(CONTEXT | {"form": Sample({"value": "x"}), "request": request_of_a_reader})
    return Template(source).render(context)


def test_gallery_shows_every_part(gallery: str) -> None:
    assert gallery.count("<h1>") == 1
    assert 'data-theme="dark"' in gallery
    assert 'aria-label="62% done, 71% expected, 9 points behind"' in gallery
    assert gallery.count('<figure class="ch"') == len(CONTEXT["charts"])
    assert 'aria-describedby="id_value_helptext id_value_error1"' in gallery


def test_gallery_marks_the_current_page_in_both_bars(gallery: str) -> None:
    assert gallery.count('href="/kpis/" aria-current="page"') == 2


def test_search_stays_away_until_its_page_exists(gallery: str) -> None:
    assert 'role="search"' not in gallery


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "500"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_error_page_renders_without_request_or_database(code: str, language: str) -> None:
    with override(language):
        page = render_to_string(f"{code}.html")
    assert f'<html lang="{language}">' in page
    assert page.count("<h1") == 1


def test_sign_in_asks_for_two_fields(request_of_a_reader: HttpRequest) -> None:
    page = render_to_string("registration/sign_in.html", {"form": SignIn(), "next": "/alerts/"}, request_of_a_reader)
    assert 'name="username"' in page
    assert 'name="password"' in page
    assert '<input type="hidden" name="next" value="/alerts/">' in page


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ value|number:1|with_unit:'%' }}", "86.6%"),
        ("{{ gap|points }}", "\u22129\u00a0pts"),
        ("{{ gap|share_points:'signed' }}", "\u22129.0"),
        ("{{ variance|signed:1|with_unit:'%' }}", "\u22123.4\u00a0pts"),
        ("{{ money|money:'EUR' }}", "€4.2M"),
        ("{{ level|confidence }}", "7.2"),
        ("{{ value|sort_key }}", "86.6"),
        ("{{ nothing|sort_key }}", ""),
        ("{{ 'paused'|status_word:'grey' }}", "Paused"),
        ("{{ 'at_risk'|status_shape:'amber' }}", "risk"),
    ],
)
def test_filter_writes_the_value(draw: Draw, source: str, text: str) -> None:
    values = {"value": Decimal("86.6"), "gap": -0.09, "variance": Decimal("-3.4"), "money": 4_200_000, "level": 72}
    assert draw(source, nothing=None, **values) == text


@pytest.mark.parametrize(
    "name", ["number:1|with_unit:'%'", "signed:1", "percent", "points", "money:'EUR'", "day", "age"]
)
def test_filter_reads_out_that_there_is_no_value(draw: Draw, name: str) -> None:
    dash = '<span><span aria-hidden="true">–</span><span class="vh">no value</span></span>'
    assert draw("{{ nothing|" + name + " }}", nothing=None) == dash


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("{% goal 0.7 0.7 'green' %}", "70% done, as expected"),
        ("{% goal 0.71 0.7 'green' %}", "71% done, 70% expected, 1 point ahead"),
        ("{% goal none none %}", "No value yet"),
        ("{% bullet 86.6 90 unit='%' decimals=1 %}", "Actual 86.6%, target 90.0%"),
        ("{% spark values label='On time' %}", "On time: 3 values, from 83.1 to 86.6"),
        ("{% effect -4 10 %}", "Worse than target"),
        ("{% effect 4 10 False %}", "Worse than target"),
        ("{% pips 72 %}", "Confidence 7.2 of 10"),
        ("{% mix counts %}", "3 On track, 1 Off track"),
        ("{% symbol 'missed' 'red' %}", "Missed"),
        ("{% symbol 'missed' 'red' 12 'Castings' %}", "Castings"),
    ],
)
def test_picture_has_a_sentence(draw: Draw, source: str, name: str) -> None:
    drawn = draw(source, none=None, values=[83.1, None, 84, 86.6], counts={"green": 3, "red": 1})
    assert f'role="img" aria-label="{name}"' in drawn


def test_status_says_shape_and_word(draw: Draw) -> None:
    assert draw("{% status 'on_track' 'green' %}").endswith("<span>On track</span></span>")
    assert draw("{% status_pill 'off_track' 'red' 'Stopped' %}").startswith('<span class="st st--pill st--off">')


def test_panel_escapes_its_title_and_keeps_its_body(draw: Draw) -> None:
    drawn = draw("{% panel title key='x' small='2 open' %}<p>{{ text }}</p>{% endpanel %}", title="A & B", text="<i>")
    assert drawn == (
        '<section class="panel " aria-labelledby="x-h"><div class="panel__h"><h2 id="x-h">A &amp; B'
        '<small class="mute">2 open</small></h2></div><div class="panel__b"><p>&lt;i&gt;</p></div></section>'
    )
