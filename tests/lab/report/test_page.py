"""Pages that a person keeps: nothing in them runs, and a comment in an example stays what it is."""

from __future__ import annotations

from lab.report.page import framed, rendered


def test_what_is_written_in_a_text_can_neither_run_nor_lead_away() -> None:
    text = "Hello <script>alert(1)</script> [there](javascript:alert(1)) <img src=x onerror=alert(1)> **bold** `code`"
    made = rendered(text)
    assert "<script" not in made
    assert "<img" not in made
    assert "href" not in made
    assert "<strong>bold</strong>" in made


def test_headings_stand_lower_and_a_comment_in_an_example_does_not() -> None:
    made = rendered("## Timing\n\n```sh\n# first, look\nls\n```\n", below=1)
    assert made == "<h3>Timing</h3>\n<pre><code># first, look\nls\n</code></pre>\n"
    assert "<h6>" in rendered("###### Deep\n", below=3)


def test_a_title_is_text() -> None:
    assert "<title>Tom &amp; &lt;b&gt;</title>" in framed("Tom & <b>", "")
