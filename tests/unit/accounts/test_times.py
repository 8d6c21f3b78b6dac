from babel import Locale

from idp.accounts.times import written

NOON = 1_800_014_400


def test_in_the_readers_language_and_zone() -> None:
    assert written(NOON, "en", None, with_zone=True) == "Jan 15, 2027, 12:00\u202fPM UTC"
    assert written(NOON, "fr", "Europe/Zurich") == "15 janv. 2027, 13:00"
    assert written(NOON, Locale("de"), "Asia/Tokyo") == "15.01.2027, 21:00"
    assert written(NOON, "zh-Hans", None)
    assert written(NOON, "ar", None)
