"""The PowerShell form of the cases' commands: its text, commands without one, and a check by a grammar."""

import contextlib
import re

import pytest
import tree_sitter
import tree_sitter_powershell
from docutils import nodes

from handbook.cases import pipeline_steps
from handbook.cases.case import SH, Case
from handbook.site.domain import shell_tabs
from handbook.site.domain.powershell import Untranslatable, powershell
from tests import every

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
IN_BASH = [case for case in every.CASES if case.script == SH]  # the others are for cmd
CASES = {case.name: case.commands for case in IN_BASH}
FORMS = {
    "pip install x\n": "pip install x\n",
    "cd ~/hello-uv\nuv sync\n": "cd ~/hello-uv\nuv sync\n",
    "# a word\n\nuv build\n": "# a word\n\nuv build\n",
    'export A="x"\n': '$env:A = "x"\n',
    "export A=x B='`$y`'\n": '$env:A = "x"\n$env:B = "```$y``"\n',
    'export A="$B ${C}"\n': '$env:A = "$env:B $env:C"\n',
    'export A="${B}c:$D:$HOME/e"\n': '$env:A = "${env:B}c:${env:D}:$HOME/e"\n',
    'export A="{\\"b\\":\\"\\\\\\$c\\"}"\n': '$env:A = "{`"b`":`"\\`$c`"}"\n',
    'export A="$(az account show -o tsv)"\n': '$env:A = "$(az account show -o tsv)"\n',
    "read -rs A\nexport A\n": '$env:A = [Net.NetworkCredential]::new("", '
    '(Read-Host "Token" -AsSecureString)).Password\n',
    "sh -c 'echo ${#A}'\n": "$env:A.Length\n",
    "unset A\n": "Remove-Item Env:A\n",
    'export PATH="$HOME/.local/bin:$PATH"\n': '$env:PATH = "$HOME\\.local\\bin;$env:PATH"\n',
    "keyring get a az > /dev/null\n": "keyring get a az | Out-Null\n",
    'pip-compile > a-b.log 2>&1 || grep "No-b" a-b.log\n': "pip-compile > a-b.log 2>&1\n"
    'if (-not $?) { Select-String -SimpleMatch "No-b" a-b.log }\n',
    "source .venv/bin/activate\n": ".venv\\Scripts\\Activate.ps1\n",
    "pip install \\\n  --index-url \\\n  x\n": "pip install `\n  --index-url `\n  x\n",
    'pip install "a>=1" --find-links ~/a\n': 'pip install "a>=1" --find-links "$HOME/a"\n',
    'uv sync --index https://"$A"@b -c=d.e\n': 'uv sync --index "https://$env:A@b" "-c=d.e"\n',
    'uv lock > a.log || grep "No b" a.log\n': "uv lock > a.log\n"
    'if (-not $?) { Select-String -SimpleMatch "No b" a.log }\n',
    'pdm lock -v 2>&1 | grep "a: b"\n': 'pdm lock -v 2>&1 | Select-String -SimpleMatch "a: b"\n',
    'pip search a > a.log 2>&1 || grep "No b" a.log\n': "pip search a > a.log 2>&1\n"
    'if (-not $?) { Select-String -SimpleMatch "No b" a.log }\n',
    'pip check -v | grep "No b"\n': 'pip check -v | Select-String -SimpleMatch "No b"\n',
    "pip check && uv lock\n": "pip check\nif ($?) { uv lock }\n",
    'echo "$A" | uv auth login b --password -\n': '"$env:A" | uv auth login b --password "-"\n',
    'echo "a $B" > ~/.netrc\n': 'Set-Content ~/.netrc "a $env:B"\n',
    "twine upload dist/*\n": "twine upload dist/*\n",
}


@pytest.mark.parametrize("commands", FORMS)
def test_a_form(commands: str) -> None:
    """Commands have exactly this PowerShell form, and the grammar accepts it."""
    assert powershell(commands) == FORMS[commands]
    assert not PARSER.parse(FORMS[commands].encode()).root_node.has_error


@pytest.mark.parametrize(
    "commands",
    [
        "sed -i s/a/b/ c\n",
        "A=b pip list\n",
        "pip list; uv lock\n",
        "pip list && uv lock || uv sync\n",
        "pip list | uv lock\n",
        "pip install *.whl\n",
        "uv lock > a/b\n",
        "uv lock 2>&1\n",
        "uv lock > a 2>&1 b\n",
        'echo "a" > b 2>&1\n',
        'export A="`b`"\n',
        'export A="“"\n',
        "export A=~/b\n",
        "read -p A B\n",
        "uv run (a)\n",
        'uv lock "a\nb"\n',
        "cat <<E\na\nE\n",
        "  uv lock\n",
    ],
)
def test_what_has_no_form(commands: str) -> None:
    """Commands that the translation does not support are refused, with the line that has no form."""
    with pytest.raises(Untranslatable) as error:
        powershell(commands)
    assert str(error.value) in commands


@pytest.mark.parametrize("case", IN_BASH, ids=lambda case: case.name)
def test_a_case_has_a_form_or_says_why_not(case: Case) -> None:
    """Exactly the cases without a PowerShell form say why in their case.toml."""
    file = f"snippets/{case.name}/case.toml"
    if any(map(pipeline_steps.place_of, case.files)):
        return  # a CI service runs them in bash, on any reader's system
    try:
        powershell(case.commands)
    except Untranslatable as error:
        teach = "teach it to handbook/site/domain/powershell.py"
        cure = f'{teach}, or say in {file} why not: [exception] powershell = "…"'
        assert "powershell" in case.exception, f"no PowerShell form for {str(error)!r}: {cure}"
    else:
        assert "powershell" not in case.exception, f"{file}: exception.powershell is not needed: delete it"


def shown_forms() -> dict[str, tuple[str, str]]:
    """Return the bash and PowerShell texts of each case that pages print in tabs."""
    found = {}
    for case in IN_BASH:
        with contextlib.suppress(Untranslatable):
            form = powershell(case.commands)
            if form != case.commands and not any(map(pipeline_steps.place_of, case.files)):
                found[case.name] = (case.commands, form)
    return found


def test_no_form_drops_out_of_the_record_unseen() -> None:
    """Each case in the record still has the two texts that were run."""
    digests = {name: shell_tabs.digest(*pair) for name, pair in shown_forms().items()}
    changed = {name for name, ran in shell_tabs.record()["ran"].items() if digests.get(name) != ran}
    cure = f"it counts as translated only: delete its row from {shell_tabs.RECORD.name}, or run it again"
    assert changed == set(), cure


def test_a_form_is_recorded_as_a_pair() -> None:
    """A pair that was run is in the record, and is not if a character changes in either text."""
    bash, form = next(pair for pair in shown_forms().values() if shell_tabs.recorded(*pair))
    assert not shell_tabs.recorded(bash, form.replace("$env:", "$env:_", 1))
    assert not shell_tabs.recorded(bash + "\n", form)


def test_a_tab_says_what_was_done_with_its_form() -> None:
    """The PowerShell tab says that a recorded form ran with stand-ins, and that any other did not run."""

    def note(bash: str, only: bool = False) -> str:
        def block(*piece: str) -> nodes.Node:
            return nodes.literal_block("", piece[1])

        return shell_tabs.commands(bash, block, only)[0].astext()

    ran = next(bash for bash, form in shown_forms().values() if shell_tabs.recorded(bash, form))
    assert f"Tried in {shell_tabs.record()['shell']} with stand-ins for the clients:" in note(ran)
    assert shell_tabs.TRANSLATED not in note(ran)
    assert shell_tabs.TRANSLATED in note('export OF_NO_CASE="b"\n')
    assert shell_tabs.UNIX[1] in note(ran) and shell_tabs.GIT_BASH[1] not in note(ran)
    assert shell_tabs.UNIX[1] not in note(ran, only=True) and shell_tabs.GIT_BASH[1] in note(ran, only=True)


def names(node: tree_sitter.Node, kind: str) -> list[str]:
    """Return the texts of all nodes of a kind."""
    cursor, found = [node], []
    while cursor:
        one = cursor.pop()
        cursor += one.children
        if one.type == kind:
            found.append(one.text.decode())
    return found


@pytest.mark.parametrize("name", CASES)
def test_the_grammar_accepts_every_form(name: str) -> None:
    """Every generated text parses without errors, with the variables of bash and none of its commands."""
    try:
        text = powershell(CASES[name])
    except Untranslatable:
        return
    tree = PARSER.parse(text.encode()).root_node
    assert not tree.has_error, text
    read = {
        re.sub(r"\W|env:", "", found)
        for kind in ("variable", "braced_variable")
        for found in names(tree, kind)
    }
    bash = set(re.findall(r"(?:export |read -rs |\$\{?#?)([A-Z]\w+)", CASES[name]))
    assert read - {"HOME", ""} == bash - {"HOME"}
    assert not {"export", "read", "printenv", "grep", "echo", "unset"} & set(names(tree, "command_name"))


@pytest.mark.parametrize("broken", ['$env:A = "b\n', "if ($?) { uv lock\n", '$env:A = "$(az)" "\n'])
def test_the_grammar_refuses_what_is_broken(broken: str) -> None:
    """The grammar rejects a text that is not PowerShell."""
    assert PARSER.parse(broken.encode()).root_node.has_error
