"""Counts the public symbols of the products and those without a doc comment; ends with status 1 when there is one without.

    python3 Tests/House/check_documentation.py [-v] [target ...]

Public symbols are declarations that say `public` or `open`, members of public extensions, cases of public enums, and requirements of public
protocols. -v names every symbol without a comment; [target ...] looks at these only.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What the four library products give to others: the engine's two floors, the two substrates, the diagnosis.
TARGETS = ["Mistique", "MistiqueStorage", "ConvolutionalNetworks", "TabularPipelines", "Diagnosis"]

WORDS = r"(?:@\w+(?:\([^)]*\))? |final |static |class |mutating |consuming |borrowing |nonisolated |indirect |convenience |override |lazy |weak " \
        r"|(?:private|internal|package|public)\(set\) )*"
KIND = r"(?P<kind>struct|class|enum|protocol|actor|typealias|func|var|let|init|subscript|associatedtype|extension|case)\b(?P<rest>[^/]*)"
PUBLIC = re.compile(r"^(?P<indent> *)" + WORDS + r"(?:public |open )" + WORDS + KIND)
MEMBER = re.compile(r"^(?P<indent> *)" + WORDS + KIND)


def symbols(path):
    """(line, text, documented) of the public symbols of a file."""
    scopes = []  # (indent, kind) of the public types around
    documented = False
    for number, line in enumerate(path.read_text().split("\n"), 1):
        stripped = line.strip()
        if stripped.startswith("///"):
            documented = True
            continue
        if not stripped or stripped.startswith("//"):
            documented = documented and bool(stripped)
            continue
        if stripped.startswith("@") and " " not in re.sub(r"\([^)]*\)", "", stripped):
            continue
        indent = len(line) - len(line.lstrip())
        while scopes and indent <= scopes[-1][0]:
            scopes.pop()
        match = PUBLIC.match(line)
        kind = match["kind"] if match else None
        if not match and scopes and indent == scopes[-1][0] + 2 and (inner := MEMBER.match(line)):
            around = scopes[-1][1]
            if (around == "enum" and inner["kind"] == "case") or (around in ("protocol", "extension") and inner["kind"] != "case"):
                match, kind = inner, inner["kind"]
        if match:
            if kind != "extension":
                yield number, stripped, documented
            if kind in ("enum", "protocol", "extension") and stripped.endswith("{"):
                scopes.append((indent, kind))
        documented = False


def main():
    verbose = "-v" in sys.argv
    targets = [argument for argument in sys.argv[1:] if not argument.startswith("-")] or TARGETS
    total = bare = 0
    for target in targets:
        count = missing = 0
        for path in sorted((ROOT / "Sources" / target).rglob("*.swift")):
            for number, text, documented in symbols(path):
                count += 1
                if not documented:
                    missing += 1
                    if verbose:
                        print(f"{path.relative_to(ROOT)}:{number}: {text}")
        print(f"{target:<24} {count:>5} public symbols, {missing:>4} without a doc comment")
        total, bare = total + count, bare + missing
    print(f"{'all':<24} {total:>5} public symbols, {bare:>4} without a doc comment")
    return 1 if bare else 0


if __name__ == "__main__":
    sys.exit(main())
