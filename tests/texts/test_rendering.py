"""One text for one reader: in their language, in their zone, and never an error (C6, C7)."""

from __future__ import annotations

import enum
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentflow.errors import Failure, IncidentflowError, TransitionRefused
from incidentflow.texts import ENGLISH, GERMAN, BrokenEntry, Catalogue, Text, render
from incidentflow.texts.templates import parse
from incidentflow.words import Impact, Priority

MONDAY = datetime(2026, 3, 2, 8, 5, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


class Mood(enum.Enum):
    """A set that no catalogue knows."""

    BAD_TEMPERED = "bad"


class Sour:
    """A value that cannot be shown."""

    def __str__(self) -> str:
        """Refuse."""
        raise RuntimeError


class BrokenZone(tzinfo):
    """A zone without its tables."""


@pytest.mark.parametrize(
    ("value", "style", "english", "german"),
    [
        ("mail", "", "mail", "mail"),
        ("mail's", "quoted", '"mail\'s"', '"mail\'s"'),
        (7, "", "7", "7"),
        (0, "", "0", "0"),
        (None, "", "-", "-"),
        (True, "", "yes", "ja"),
        (MONDAY, "", "2026-03-02 08:05Z", "02.03.2026 08:05 UTC"),
        (MONDAY.replace(tzinfo=None), "", "2026-03-02 08:05", "2026-03-02 08:05"),
        (timedelta(days=14), "", "14 days", "14 Tage"),
        (timedelta(hours=1, minutes=30, seconds=5), "", "1 hour 30 minutes", "1 Stunde 30 Minuten"),
        (timedelta(), "", "0 seconds", "0 Sekunden"),
        (-timedelta(seconds=1), "", "1 second", "1 Sekunde"),
        (Impact.HIGH, "", "high", "hoch"),
        (Priority.P1, "", "P1", "P1"),
        (Mood.BAD_TEMPERED, "", "bad tempered", "bad tempered"),
        ("in_progress", "state", "in progress", "in Arbeit"),
        ("under_water", "state", "under water", "under water"),
        ((), "", "-", "-"),
        (("a",), "", "a", "a"),
        (("a", "b"), "", "a and b", "a und b"),
        (("a", "b", "c"), "or", "a, b or c", "a, b oder c"),
        (["a", "b", "c"], "list", "a, b, c", "a, b, c"),
        (("a", "b", "c"), "each", "a; b; c", "a; b; c"),
        (("a", "b"), "lines", "a\nb", "a\nb"),
        ({"b", "a"}, "", "a and b", "a und b"),
        (("impact", "tier"), "input", "impact and tier", "Auswirkung und tier"),
        ({"impact": Impact.LOW}, "list", "impact low", "Auswirkung niedrig"),
        (Text("span.day", {"count": 1, "one": True}), "", "1 day", "1 Tag"),
        (Sour(), "", "(Sour)", "(Sour)"),
    ],
)
def test_a_value_reads_as_its_language_has_it(
    value: object, style: str, english: str, german: str
) -> None:
    """Instants, spans, numbers, words of closed sets, and several of them."""
    shown = Catalogue("en", {"it": f"{{it:{style}}}" if style else "{it}"})

    assert english == render("it", {"it": value}, catalogues=[shown])
    assert german == render("it", {"it": value}, "de-AT", catalogues=[shown])


def test_an_instant_is_told_in_the_zone_of_the_reader() -> None:
    """With the zone's own name; a zone that has no answer is passed over."""
    late = Text("at.future", {"given": MONDAY, "now": datetime(2026, 7, 1, tzinfo=UTC)})
    english = "2026-03-02 09:05 CET is still ahead of 2026-07-01 02:00 CEST"

    assert english == late.render(zone=BERLIN)
    assert "02.03.2026 09:05 CET liegt noch vor uns" in late.render("de", BERLIN)
    assert "08:05Z" in late.render(zone=BrokenZone())
    assert "0001-01-01 00:00Z" in Text(
        "until.past", {"given": datetime.min.replace(tzinfo=UTC)}
    ).render(zone=timezone(timedelta(hours=-12)))
    assert "2026-03-02 08:05Z is still ahead of 2026-07-01 00:00Z" == str(late)


@pytest.mark.parametrize(
    ("template", "parameters", "text"),
    [
        ("{a}", {"a": 1}, "1"),
        ("{{a}} [[b]] | c", {}, "{a} [b] | c"),
        ("on hold[ until {a}][: {b}]", {"a": None, "b": "x"}, "on hold: x"),
        ("[{a} works|nobody works]", {"a": ""}, "nobody works"),
        ("[{a} works|nobody works]", {"a": "ana"}, "ana works"),
        ("[{a?}blocks|waits]", {"a": True}, "blocks"),
        ("[{a?}blocks|waits for {b}]", {"a": False, "b": 0}, "waits for 0"),
        ("[{a} reports|none]", {"a": 0}, "0 reports"),
        ("x[ [[{a}]]]", {"a": "raw"}, "x [raw]"),
    ],
)
def test_a_template_leaves_out_what_says_nothing(
    template: str, parameters: dict[str, object], text: str
) -> None:
    """A part stands only with all it needs; doubled brackets are brackets."""
    assert text == render("x", parameters, catalogues=[Catalogue("en", {"x": template})])


@pytest.mark.parametrize("template", ["{a", "a}", "[a", "a]", "[a[b]]", "[a|b|c]", "{a b}"])
def test_a_template_that_cannot_be_read_says_where(template: str) -> None:
    """A bracket without a partner is no guess."""
    with pytest.raises(ValueError, match="has no partner"):
        parse(template)


def test_the_host_is_asked_first_then_its_language_then_english() -> None:
    """A dialect falls back on its language, the host's entry on the library's, all on English."""
    own = Catalogue("de_AT.UTF-8", {"close.unresolved": "no ned g'löst"})
    odd = Catalogue("de", {"reopen.closed": "{nobody} knows", "review.not_required": "{"})

    assert "de-at" == own.locale
    assert "no ned g'löst" == render("close.unresolved", {}, "de-AT", catalogues=[own])
    assert render("close.unresolved", {}, "de").startswith("er ist nicht gelöst")
    assert render("close.unresolved", {}, "fr") == render("close.unresolved", {})
    assert render("reopen.closed", {}, "de") == render("reopen.closed", {}, "de", UTC, [odd])
    assert "keine Nachbetrachtung ist verlangt" == render(
        "review.not_required", {}, "de", catalogues=[odd]
    )
    assert [
        "reopen.closed: there is no parameter 'nobody'; known: none",
        "review.not_required: '{' at 0 has no partner; write it twice to show it",
    ] == list(odd.problems(ENGLISH))
    assert [] == list(own.problems(ENGLISH))
    assert [] == list(GERMAN.problems(ENGLISH))


class Unread(dict[str, str]):
    """Entries of a host that cannot be read when they are needed."""

    def __contains__(self, _: object) -> bool:
        """Fail."""
        raise OSError


@pytest.mark.parametrize(
    ("locale", "entries", "text"),
    [
        (None, {}, "locale = None: is no language; give a str such as 'de' or 'de-at'"),
        (b"de", {}, "locale = b'de': is no language"),
        (" ", {}, "locale = ' ': is no language"),
        (".UTF-8", {}, "locale = '.UTF-8': is no language"),
        ("de", None, "entries = None: is no mapping; give templates by their codes"),
        ("de", [("x", "y")], r"entries = \[\('x', 'y'\)\]: is no mapping"),
    ],
)
def test_what_is_no_catalogue_is_refused_when_it_is_made(
    locale: Any,  # noqa: ANN401 - that is the point
    entries: Any,  # noqa: ANN401
    text: str,
) -> None:
    """In words, with what would do; not at the first message, which would go out without it."""
    with pytest.raises(ValueError, match=text):
        Catalogue(locale, entries)


def test_a_catalogue_that_cannot_be_asked_takes_no_text_away() -> None:
    """The library's own words are taken, in the reader's language, whatever stands beside them."""
    for broken in (None, [None], [Catalogue("de", Unread())]):
        said = render("happened.noted", {"text": "Hm"}, "de", UTC, broken)  # type: ignore[arg-type]  # as above

        assert "Notiz: Hm" == said


def test_whoever_asks_is_told_which_entries_are_broken() -> None:
    """Each with its language and why; of what cannot be asked at all, the text (rule C6)."""

    class Unspeakable:
        def __str__(self) -> str:
            raise RuntimeError

    broken: list[BrokenEntry] = []
    ours = Catalogue("de", {"happened.noted": "{nobody}", "word.state.new": "{"})
    noted = render("happened.noted", {"text": "Hm"}, "de-AT", UTC, [ours], broken=broken)
    state = Text("message", {"text": "so"})
    render("own", {"state": state}, "de", UTC, [Catalogue("de", {"own": "{state}"})], broken=broken)
    render("own", {}, Unspeakable(), UTC, None, broken=broken)  # type: ignore[arg-type]  # that is the point

    assert "Notiz: Hm" == noted
    assert [("de", "happened.noted"), ("en", "own")] == [(one.locale, one.code) for one in broken]
    assert broken[0].problem.startswith("KeyError: ")
    assert broken[1].problem.startswith("TypeError: ")


def test_reasons_to_hold_are_told_as_they_are_typed_and_what_they_mean() -> None:
    """In German; one of the host's own stands as it is."""
    missing = Failure("hold_reason.missing", {"known": ("awaiting_vendor", "awaiting_snow")})
    none = Failure("hold_reason.missing", {"known": ()})

    assert "a hold reason must be given: awaiting_vendor, awaiting_snow" == missing.text
    assert (
        "Wartegrund fehlt; bekannt: awaiting_vendor (auf einen Lieferanten) und awaiting_snow"
        == missing.render("de")
    )
    assert "Wartegrund fehlt; vereinbart ist keiner" == none.render("de")


def test_a_vocabulary_that_nobody_has_is_a_problem() -> None:
    """A slip of the pen in a style is found before anybody reads it; so is what is no text."""
    entries: Any = {
        "happened.noted": "{text:line} {text:sttae}",
        "word.mood.calm": "calm",
        "x": "{y:mood}",
        "z": 5,
    }
    vocabulary, no_text = Catalogue("en", entries).problems(ENGLISH)

    assert "happened.noted: there is no style or vocabulary 'sttae'" == vocabulary
    assert no_text.startswith("z: expected string")


def test_what_no_catalogue_knows_still_reads() -> None:
    """A sentence of the host's own stands as it is; else the code and its facts."""
    assert "it can wait" == Failure("page.not_urgent", {"text": "it can wait"}).text
    assert "page not urgent: seats 3, since 2026-03-02 08:05Z" == render(
        "page.not_urgent", {"seats": 3, "since": MONDAY, "note": None}
    )
    assert "page not urgent" == render("page.not_urgent", {})
    assert "tier must be given" == render("tier.missing", {"input": "tier"})


anything = st.one_of(
    st.none(), st.integers(), st.text(), st.dates(), st.datetimes(), st.just(Sour()),
    st.timedeltas(), st.lists(st.text()), st.just(BrokenZone()),
)  # fmt: skip


@given(
    code=st.one_of(st.sampled_from(sorted(ENGLISH.entries)), st.text()),
    parameters=st.one_of(st.dictionaries(st.text(), anything), anything),
    locale=st.one_of(st.sampled_from(["en", "de", "xx", ""]), anything),
    zone=st.one_of(st.just(UTC), anything),
    template=anything,
)
def test_rendering_never_raises_whatever_it_is_given(
    code: str,
    parameters: Any,  # noqa: ANN401 - the point is that anything may come
    locale: Any,  # noqa: ANN401
    zone: Any,  # noqa: ANN401
    template: Any,  # noqa: ANN401
) -> None:
    """A message goes out, however broken what it is made from (rule C6)."""
    own = Catalogue("de", {code: template})

    assert isinstance(render(code, parameters, locale, zone, [own]), str)
    assert isinstance(render(code, parameters, locale, zone, template), str)


def test_an_error_reads_in_the_language_and_zone_of_whoever_asked() -> None:
    """The whole refusal, its failures and what would work; facts stay as they are."""
    failures = (Failure("until.past", {"given": MONDAY}), Failure("x.y", {"text": "rain"}))
    refused = TransitionRefused("INC-7", "new", "hold", failures, ("triage",), later=True)
    mild = Catalogue("de", {"x.y": "Regen"})

    assert (
        "INC-7: hold geht nicht im Zustand new, nach den Befehlen davor: das Warten kann nicht "
        "02.03.2026 09:05 CET enden: das liegt nicht voraus [until.past]; Regen [x.y]. "
        "Jetzt möglich: triage."
    ) == refused.render("de", BERLIN, [mild])
    assert "INC-7 cannot hold after the commands before it while new: " in str(refused)
    assert "boom; 7" == str(IncidentflowError("boom", 7))
    assert "something went wrong" == str(IncidentflowError())
