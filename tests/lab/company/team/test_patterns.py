"""Code found by example and replaced in place."""

import pytest

from lab.company.team.patterns import NotPython, Source, find, parsed, replace

CODE = """
def line(price, quantity, bulk):   # keep   this
    if quantity >= bulk.limit:
        price = price - price * bulk.percent / 100
    return round( price*quantity ,2)
"""


def only(pattern, code=CODE):
    source = Source(code)
    (site,) = find(source, pattern)
    return source, site


def test_only_the_place_itself_changes():
    source, site = only("$A >= $B")
    assert replace(source, site, "$A > $B") == CODE.replace("quantity >= bulk.limit", "quantity > bulk.limit")


def test_a_metavariable_is_the_same_wherever_it_stands():
    _, site = only("$X - $X * $P / $Q")
    assert site.segment == "price - price * bulk.percent / 100"


def test_parentheses_come_where_they_are_needed_and_nowhere_else():
    source, site = only("f($A, $B)", "x = f(a + b, c)")
    assert replace(source, site, "$A * $B") == "x = (a + b) * c"
    assert replace(source, site, "g($A, $B)") == "x = g(a + b, c)"


def test_statements_are_found_in_a_row_and_indented_as_they_were():
    code = "def f(x):\n    if x:\n        return 1\n    return 2\n"
    source, site = only("if $C:\n    return $X\nreturn $Y", code)
    assert replace(source, site, "if not $C:\n    return $Y\nreturn $X") == "def f(x):\n    if not x:\n        return 2\n    return 1\n"


def test_any_number_of_arguments_is_one_sign():
    _, site = only("f($*REST)", "f(1, 2, 3)")
    assert site.segment == "f(1, 2, 3)"


def test_the_function_around_it_and_its_first_parameter_are_known():
    _, site = only("round($X, $N)")
    assert site.function.name == "line"
    assert site.captured["FIRST"][1] == "price"


def test_names_of_more_than_one_byte_do_not_move_the_place():
    source, site = only("$A >= $B", "größe = 'ä' if länge >= höhe else 'ö'\n")
    assert replace(source, site, "$A > $B") == "größe = 'ä' if länge > höhe else 'ö'\n"


def test_what_would_not_be_python_is_no_replacement():
    source, site = only("$A >= $B")
    assert replace(source, site, "$A >") is None


def test_a_pattern_that_is_no_python_is_named():
    with pytest.raises(NotPython, match="the pattern is not Python"):
        parsed("$A >=")
