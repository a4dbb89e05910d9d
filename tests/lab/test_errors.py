"""Every way to say no has its exit code and a whole text."""

import pytest

from lab import errors
from lab.errors import LabError, Problem, ScenarioWrong


@pytest.mark.parametrize(
    ("name", "code"),
    [("LabError", 70), ("UsageProblem", 2), ("WorldUnavailable", 4), ("WrongState", 5), ("Refused", 1)],
)
def test_each_error_carries_its_exit_code_its_message_and_its_remedy(name, code):
    problem = getattr(errors, name)("The port is taken.", remedy="Free it.")

    assert isinstance(problem, LabError)
    assert problem.exit_code == code
    assert (problem.message, problem.remedy) == ("The port is taken.", "Free it.")
    assert str(problem) == "The port is taken. Free it."


def test_an_error_without_a_remedy_is_its_message():
    assert str(LabError("It broke.")) == "It broke."


def test_building_an_error_says_nothing(capsys):
    LabError("It broke.", remedy="Mend it.")
    ScenarioWrong([Problem("stage.yaml", 3, "it is wrong")])

    assert capsys.readouterr() == ("", "")


def test_a_problem_is_shown_as_compilers_do():
    assert str(Problem("stage.yaml", 3, "there is no check 'x'")) == "stage.yaml:3: there is no check 'x'"
    assert str(Problem("stage.yaml", 0, "it is missing")) == "stage.yaml: it is missing"


def test_a_wrong_scenario_tells_every_problem_in_the_order_of_the_files():
    wrong = ScenarioWrong([Problem("b.yaml", 1, "last"), Problem("a.yaml", 12, "second"), Problem("a.yaml", 2, "first")])

    assert wrong.exit_code == 3
    assert str(wrong) == "The scenario has 3 mistakes:\n  a.yaml:2: first\n  a.yaml:12: second\n  b.yaml:1: last"
    assert [problem.line for problem in wrong.problems] == [2, 12, 1]


def test_one_problem_is_one_mistake():
    assert ScenarioWrong([Problem("a.yaml", 1, "x")]).message == "The scenario has 1 mistake:\n  a.yaml:1: x"


def test_the_tree_at_the_top_of_the_module_is_the_tree():
    drawn = {line.split()[1]: int(line.split()[2]) for line in errors.__doc__.splitlines() if "──" in line}
    real = {name: kind.exit_code for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, LabError)}

    assert drawn | {"LabError": 70} == real
