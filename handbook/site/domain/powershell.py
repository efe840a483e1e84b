"""Translate a case's bash commands, which are run, to PowerShell.

It supports only what the cases need: variables, a hidden prompt, calls of programs, continued lines.
Everything else raises Untranslatable, because no form is better than a wrong one.
"""

from __future__ import annotations

import re

from handbook.cases.clients import CLIENTS

CALLED = {command for one in CLIENTS.values() for command in one.programs} - {"bash"}
PROGRAMS = {"cd", "contoso-cli", "databricks", "docker", "git", "kubectl", "python", *CALLED}
# PowerShell passes `*` to a program unchanged; these clients expand it themselves.
GLOBBING = {name for name, one in CLIENTS.items() if one.globs}
# Whole lines with a PowerShell form of their own.
IDIOMS = (
    (
        # `-MaskInput` would be shorter, but Windows PowerShell 5.1 lacks it.
        re.compile(r"read -rs (?P<name>\w+)"),
        '$env:{name} = [Net.NetworkCredential]::new("", (Read-Host "Token" -AsSecureString)).Password',
    ),
    (re.compile(r"sh -c 'echo \$\{#(?P<name>\w+)\}'"), "$env:{name}.Length"),
    (re.compile(r"unset (?P<name>\w+)"), "Remove-Item Env:{name}"),
    (re.compile(r'export PATH="\$HOME/\.local/bin:\$PATH"'), r'$env:PATH = "$HOME\.local\bin;$env:PATH"'),
    (re.compile(r"(?P<call>keyring get \S+ \w+) > /dev/null"), "{call} | Out-Null"),
    (re.compile(r"source \.venv/bin/activate"), r".venv\Scripts\Activate.ps1"),
)
GREP = re.compile(r'grep (?P<text>"[\w =:/-]+")(?P<file> [\w.-]+)?')
NAMED_ALREADY = re.compile(r"export \w+")  # a no-op in PowerShell, where every variable here is `$env:NAME`
BOTH = [" ", "2>&1"]  # after a file's name: the file also gets the program's error output
PIECE = re.compile(
    r"""(?P<gap>(?:[ \t]|\\\n)+(?:(?P<join>&&|[|]{1,2}|>)(?:[ \t]|\\\n)+)?)
    |"(?P<double>(?:[^"\\]|\\.)*)"
    |'(?P<single>[^']*)'
    |(?P<bare>2>&1|[\w./:=+~*^%@,\[\]-]+|\$\w+|\$\{\w+\})""",
    re.VERBOSE,
)
# Inside double quotes: an escape, a variable, a call, or a character that is special only in PowerShell.
SPECIAL = re.compile(
    r"""\\(?P<escaped>["$`\\])
    |\$(?:(?P<name>\w+)|\{(?P<braced>\w+)\})(?P<next>[\w?:]?)
    |\$\((?P<call>[\w ./:=-]+)\)
    |(?P<odd>[`$“”„])""",
    re.VERBOSE,
)
PLAIN = re.compile(r"[\w./:=+*%-]*[\w./+*%-]")


class Untranslatable(ValueError):
    """Commands without a PowerShell form; the message is the line that cannot be translated."""


def powershell(commands: str) -> str:
    """Return bash commands as PowerShell, line by line, or raise Untranslatable.

    The result equals `commands` if both shells interpret them in the same way.
    """
    lines = re.findall(r"(?:[^\n\\]|\\.|\\\n)*\n", commands)
    return "".join(_line(line[:-1]) for line in lines)


def _line(line: str) -> str:
    """Return one line, including its continuations, with a line feed; "" if PowerShell needs none."""
    if not line.strip() or line.startswith("#"):
        return f"{line}\n"
    for pattern, form in IDIOMS:
        if found := pattern.fullmatch(line):
            return f"{form.format_map(found.groupdict())}\n"
    if NAMED_ALREADY.fullmatch(line):
        return ""
    words = _words(line)
    if words[0] == "export":
        return "".join(_assignment(line, word) for word in words[2::2])
    first, join, then = _split(words, "&&", "||")
    if not join:
        return f"{_command(first)}\n"
    if _split(then, "&&", "||")[1]:
        raise Untranslatable(line)
    # Windows PowerShell 5.1 has neither `&&` nor `||`.
    return (
        f"{_command(first)}\nif ({'$?' if join == '&&' else '-not $?'}) {{ {_line(''.join(then))[:-1]} }}\n"
    )


def _command(words: list[str]) -> str:
    """Return a command, which may read from `echo` or write to a file."""
    line = "".join(words)
    left, join, right = _split(words, "|", ">")
    text = _quoted(line, left[2]) if left[0] == "echo" and len(left) == 3 else ""
    if join == "|" and text:
        return f"{text} | {_command(right)}"
    if join == "|" and GREP.fullmatch("".join(right)):
        both = left[-2:] == BOTH
        return f"{_call(left[:-2] if both else left)}{' 2>&1' if both else ''} | {_call(right)}"
    if join == ">" and right[1:] in ([], BOTH) and re.fullmatch(r"(~/)?[\w.-]+", right[0]):
        if not text:
            return f"{_call(left)} > {''.join(right)}"
        if len(right) == 1:
            return f"Set-Content {right[0]} {text}"
    if join:
        raise Untranslatable(line)
    return _call(words)


def _call(words: list[str]) -> str:
    """Return the call of a program."""
    line = "".join(words)
    if found := GREP.fullmatch(line):
        return f"Select-String -SimpleMatch {found['text']}{found['file'] or ''}"
    program = words[0].rpartition("/")[2]
    if program not in PROGRAMS or (("*" in line) and program not in GLOBBING):
        raise Untranslatable(line)
    return "".join(_argument(line, word) for word in words)


def _words(line: str) -> list[str]:
    """Return words and the gaps between them, alternating, as written; a gap may contain `&&`, `|` or `>`."""
    words, end = [""], 0
    while end < len(line):
        piece = PIECE.match(line, end)
        if not piece:
            raise Untranslatable(line)
        if piece["gap"] is not None:
            words += [piece[0], ""]
        else:
            words[-1] += piece[0]
        end = piece.end()
    return words


def _split(words: list[str], *joins: str) -> tuple[list[str], str, list[str]]:
    """Return the words before the first of these joins, the join, and the words after it."""
    for place, gap in enumerate(words[1::2]):
        if gap.strip(" \t\\\n") in joins:
            return words[: 2 * place + 1], gap.strip(" \t\\\n"), words[2 * place + 2 :]
    return words, "", []


def _assignment(line: str, word: str) -> str:
    name, sign, value = word.partition("=")
    if not sign or not re.fullmatch(r"\w+", name):
        raise Untranslatable(line)
    return f"$env:{name} = {_quoted(line, value)}\n"


def _argument(line: str, word: str) -> str:
    """Return one word of a call, or a gap."""
    if not word.strip(" \t\\\n"):
        return word.replace("\\\n", "`\n")
    if word == BOTH[1]:
        raise Untranslatable(line)
    if word.startswith("~/") and PLAIN.fullmatch(word[1:]):
        return word if line.startswith("cd ") else f'"$HOME{word[1:]}"'
    odd = word == "-" or word.startswith("-") and re.search(r"[.:]", word)  # PowerShell splits `-a.b`
    as_it_is = PLAIN.fullmatch(word) and not odd or re.fullmatch(r'"[\w ./:=<>,*-]*"', word)
    return word if as_it_is else _quoted(line, word)


def _quoted(line: str, word: str) -> str:
    """Return a word in double quotes, with its variables translated."""
    text = ""
    for piece in PIECE.finditer(word):
        if piece["single"] is not None:
            text += re.sub(r'[`$"“”„]', r"`\g<0>", piece["single"])
        elif piece["bare"] and piece["bare"].startswith("~") and not text:
            raise Untranslatable(line)
        else:
            inside = piece["bare"] if piece["bare"] is not None else piece["double"]
            text += SPECIAL.sub(lambda found: _special(line, found), inside)
    return f'"{text}"'


def _special(line: str, found: re.Match[str]) -> str:
    if found["escaped"]:
        return found["escaped"] if found["escaped"] == "\\" else f"`{found['escaped']}"
    if found["call"] is not None:
        return f"$({_command(_words(found['call']))})"
    if found["odd"] is not None:
        raise Untranslatable(line)
    name = found["name"] or found["braced"]
    if name == "HOME":
        return f"${{HOME}}{found['next']}" if found["next"] else "$HOME"
    return f"${{env:{name}}}{found['next']}" if found["next"] else f"$env:{name}"
