import libcst as cst

from levelbench.contestants.code.size import decisions_by_line, lines_of


def lines(text: str) -> int:
    return lines_of(cst.parse_module(text))


def decisions(text: str) -> int:
    return sum(decisions_by_line("a.py", text).values())


class TestLines:
    def test_blank_lines_comments_and_docstrings_are_none(self) -> None:
        bare = "import os\ndef f(a):\n    return os, a\n"
        noisy = (
            '"""Module."""\n\n# why\nimport os  # what for\n\n\n'
            'def f(\n    a,  # it\n):\n    """Do it.\n\n    Well.\n    """\n\n    # now\n'
            "    return os, a\n\n\n# end\n"
        )
        assert lines(bare) == 3
        assert lines(noisy) == 5  # two more: the parameters have lines of their own

    def test_a_string_that_is_used_is_code_and_its_comments_are_text(self) -> None:
        assert lines('SQL = """\nSELECT 1  # one\n\nFROM t\n"""\n') == 4

    def test_a_body_with_only_a_docstring_counts_as_pass(self) -> None:
        assert lines('class A:\n    """A."""\n') == lines("class A:\n    pass\n") == 2

    def test_syntax_of_a_later_python_is_read(self) -> None:
        assert lines("type A[T] = list[T]\ndef f[**P](a): return f'{a['b']}'\n") == 2


class TestDecisions:
    def test_a_function_without_branches_has_none(self) -> None:
        assert decisions("def f():\n    return 1\n") == 0

    def test_each_branch_and_each_boolean_operator_is_one(self) -> None:
        assert decisions("def f(a, b):\n    if a and b:\n        return [x for x in a if x]\n") == 4

    def test_they_belong_to_the_line_of_the_function(self) -> None:
        text = (
            "@d\nasync def f(a):\n    if a:\n        return 1\n\n\ndef g(a):\n    return a or 2\n"
        )
        assert decisions_by_line("a.py", text) == {2: 1, 7: 1}

    def test_each_case_is_one(self) -> None:
        cases = "        case 1:\n            return 1\n        case 2:\n            return 2\n"
        text = f"def f(a):\n    match a:\n{cases}"
        assert decisions(text) == 2

    def test_type_parameters_do_not_hide_a_function(self) -> None:
        assert decisions("def f[**P, R](a):\n    return a if a else 1\n") == 1
