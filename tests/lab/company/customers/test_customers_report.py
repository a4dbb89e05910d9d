"""What customers got, folded from the ledger."""

from lab.company.customers.report import report
from lab.company.customers.seconds import Seconds
from lab.ledger.store import Ledger


def _answers(ledger, *rows):
    for second, good, wrong, failed, late in rows:
        counts = {"good": good, "wrong": wrong, "failed": failed, "late": late}
        ledger.append("answers", second=second, **counts, worst_ms=5.0, versions={"a": good}, examples=["x"])


def test_a_report_counts_bad_seconds_and_their_longest_stretch(tmp_path):
    ledger = Ledger.create(tmp_path / "l.db")
    _answers(ledger, (1, 2, 0, 0, 0), (2, 1, 1, 0, 0), (3, 0, 0, 2, 0), (4, 2, 0, 0, 0), (6, 0, 0, 2, 0), (8, 0, 0, 2, 0), (9, 0, 0, 1, 1))
    told = report(ledger)
    assert (told.asked, told.good, told.wrong, told.failed, told.late) == (14, 5, 1, 7, 1)
    assert (told.seconds, told.bad_seconds) == (7, 5)
    assert told.longest_bad_stretch == 4, "from 6 to 9: nobody asked in 7, which is no proof that it worked"
    assert told.versions == {"a": 5}
    assert told.examples == ("x",)


def test_a_report_begins_after_an_event_or_at_a_minute(tmp_path):
    ledger = Ledger.create(tmp_path / "l.db")
    _answers(ledger, (1, 2, 0, 0, 0))
    seq = ledger.seq()
    _answers(ledger, (2, 3, 0, 0, 0), (3, 4, 0, 0, 0))
    assert report(ledger, since_seq=seq).good == 7
    assert report(ledger, since_minute=3).good == 4
    assert report(ledger, since_seq=ledger.seq()).asked == 0


def test_a_second_is_written_when_its_last_answer_is_there_and_in_order():
    seconds = Seconds()
    for number in (4, 5):
        seconds.at(number).asked = 1
    seconds.at(5).add("good", version="a", milliseconds=3, sentence="")
    assert seconds.take(before=6) == [], "an answer of second 4 is still out"
    seconds.at(4).add("failed", version="", milliseconds=5000, sentence="no answer")
    rows = seconds.take(before=6)
    assert [(row[0], row[3].get("second")) for row in rows] == [("answers", 4), ("answers", 5), ("version.seen", 5)]


def test_a_version_is_seen_when_it_comes_and_when_another_goes():
    seconds = Seconds()
    told = []
    for number, versions in enumerate([["a"], ["a"], ["a", "b"], ["b"], ["b"], ["b"], ["b"], ["b"], ["b"]]):
        second = seconds.at(number)
        second.asked = len(versions)
        for version in versions:
            second.add("good", version=version, milliseconds=1, sentence="")
        told.append([(row[3]["sha"], row[3]["share"]) for row in seconds.take(before=99) if row[0] == "version.seen"])
    changing = [("a", 0.75), ("b", 0.25)], [("a", 0.6), ("b", 0.4)], [("a", 0.5), ("b", 0.5)]
    assert told[:5] == [[("a", 1.0)], [], *map(list, changing)]
    assert told[5:] == [[("a", 0.333), ("b", 0.667)], [("a", 0.167), ("b", 0.833)], [("b", 1.0)], []]


def test_the_behaviours_that_fail_are_counted_where_a_version_answered():
    second = Seconds().at(3)
    second.add("wrong", version="a", milliseconds=1, sentence="", focus="totals")
    second.add("failed", version="", milliseconds=1, sentence="", focus="totals")
    second.add("good", version="a", milliseconds=1, sentence="", focus="health")
    assert second.data()["focuses"] == {"totals": 1}
