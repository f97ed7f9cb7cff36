"""Checks that folders use each other only along the arrows in arrows.txt, and that those arrows make no circle.

    python3 Tests/House/check_arrows.py [-v] [target ...]

What is declared where is read from the sources: types, and members that only one folder of a target declares. A folder uses another when
a file in it names what only the other declares. Files directly in a target's folder are the folder `.`, its front door.
Prints each target's folders with what they use; -v adds the uses of each arrow. Ends with status 1 for an arrow that is not allowed, one that
is allowed and not used, and a circle.
"""

import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ARROWS = pathlib.Path(__file__).with_name("arrows.txt")

TYPE = re.compile(r"^(?P<indent> *)(?P<modifiers>(?:@\w+(?:\([^)]*\))? |public |package |internal |private |fileprivate |final |indirect )*)"
                  r"(?:struct|class|enum|protocol|actor|typealias) (?P<name>\w+)")
EXTENSION = re.compile(r"^(?:@\w+ |public |package |private |fileprivate )*extension (?P<name>[\w.]+)")
MEMBER = re.compile(r"^  (?P<modifiers>(?:@\w+(?:\([^)]*\))? |public |package |internal |private |fileprivate |static |class |final |mutating |consuming "
                    r"|nonisolated |borrowing |override |convenience |lazy |weak )*)"
                    r"(?:func|var|let) (?P<name>\w+)")
FREE = re.compile(r"^(?P<modifiers>(?:@\w+(?:\([^)]*\))? |public |package |internal |private |fileprivate )*)(?:func|var|let) (?P<name>\w+)")
WORD = re.compile(r"\b[A-Za-z_]\w*\b")


def code(text):
    """The text without comments and string literals; what is interpolated in them stays."""
    text = re.sub(r'"""[\s\S]*?"""', '""', text)
    lines = []
    for line in text.split("\n"):
        line = re.sub(r'"(?:[^"\\]|\\[^(]|\\\((?:[^()]|\([^()]*\))*\))*"', lambda m: " ".join(re.findall(r"\\\(((?:[^()]|\([^()]*\))*)\)", m.group())), line)
        lines.append(re.sub(r"//.*", "", line))
    return "\n".join(lines)


def hidden(modifiers):
    return "private" in modifiers


class Target:
    def __init__(self, name, folder):
        self.name, self.folder = name, folder
        self.files = {}
        for path in sorted(folder.rglob("*.swift")):
            room = path.relative_to(folder).parent.as_posix()
            self.files[path] = (room, code(path.read_text()))
        self.rooms = sorted({room for room, _ in self.files.values()})

    def declarations(self):
        """Names by the rooms that declare them: types, and members of extensions of types of this target."""
        types, members = collections.defaultdict(set), collections.defaultdict(set)
        for room, text in self.files.values():
            extended = None
            for line in text.split("\n"):
                if match := EXTENSION.match(line):
                    extended = match["name"].split(".")[0]
                elif line and not line[0].isspace() and line[0] not in "})":
                    extended = None
                if (match := TYPE.match(line)) and not hidden(match["modifiers"]) and (not match["indent"] or len(match["indent"]) <= 4):
                    (types if not match["indent"] else members)[match["name"]].add(room)
                elif (match := FREE.match(line)) and not hidden(match["modifiers"]):
                    types[match["name"]].add(room)
                elif (match := MEMBER.match(line)):
                    # Every declaration makes a name ambiguous; only those of extensions are looked for.
                    members[match["name"]].add(room if extended and not hidden(match["modifiers"]) else None)
        known = {name: rooms for name, rooms in types.items() if len(rooms) == 1}
        for name, rooms in members.items():
            if len(rooms) == 1 and None not in rooms and name not in types and len(name) > 3:
                known[name] = rooms
        return {name: next(iter(rooms)) for name, rooms in known.items()}, set(types)

    def uses(self):
        """(using room, used room) by the names that are used and where."""
        known, types = self.declarations()
        found = collections.defaultdict(lambda: collections.defaultdict(set))
        for path, (room, text) in self.files.items():
            for number, line in enumerate(text.split("\n"), 1):
                for match in WORD.finditer(line):
                    word = match.group()
                    other = known.get(word)
                    if other is None or other == room:
                        continue
                    # A member is named after a dot, or called; a local of the same name is neither.
                    if word in types or line[match.start() - 1:match.start()] == "." or line[match.end():match.end() + 1] == "(":
                        found[room, other][word].add(f"{path.relative_to(ROOT)}:{number}")
        return found


def arrows():
    """Target -> room -> the rooms it may use."""
    allowed, target = {}, None
    for line in ARROWS.read_text().split("\n"):
        line = line.split("#")[0].rstrip()
        if not line:
            continue
        if not line[0].isspace():
            target = line.rstrip(":")
            allowed[target] = {}
            continue
        room, _, used = line.partition("->")
        allowed[target].setdefault(room.strip(), set()).update(used.split())
    return allowed


def circle(graph):
    """A circle in a graph as a list of rooms; nothing when there is none."""
    done, path = set(), []

    def visit(room):
        if room in path:
            return path[path.index(room):] + [room]
        if room in done:
            return None
        path.append(room)
        for other in sorted(graph.get(room, ())):
            if found := visit(other):
                return found
        path.pop()
        done.add(room)
        return None

    for room in sorted(graph):
        if found := visit(room):
            return found
    return None


def main():
    verbose = "-v" in sys.argv
    wanted = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    allowed = arrows()
    faults = 0
    for name, rooms in allowed.items():
        if wanted and name not in wanted:
            continue
        target = Target(name, ROOT / ("Experiments" if name == "Experiments" else f"Sources/{name}"))
        found = target.uses()
        print(f"{name}: {len(target.rooms)} folders, {sum(1 for _ in found)} arrows")
        graph = {room: sorted({used for user, used in found if user == room}) for room in target.rooms}
        for room in target.rooms:
            if room not in rooms:
                faults += 1
                print(f"  {room}: not in {ARROWS.relative_to(ROOT)}")
            print(f"  {room:<24} -> {' '.join(graph[room]) or '(nothing)'}")
            for other in graph[room]:
                bad = other not in rooms.get(room, set())
                faults += bad
                if verbose or bad:
                    print(f"    {'NOT ALLOWED' if bad else 'allowed'}: {room} -> {other}")
                    for word, places in sorted(found[room, other].items()):
                        print(f"      {word}: {', '.join(sorted(places)[:3])}{', ...' if len(places) > 3 else ''}")
            for other in sorted(rooms.get(room, set()) - set(graph[room])):
                faults += 1
                print(f"    no longer used: {room} -> {other}; take it out of {ARROWS.relative_to(ROOT)}")
        for room in sorted(set(rooms) - set(target.rooms)):
            faults += 1
            print(f"  {room}: in {ARROWS.relative_to(ROOT)}, and not there")
        if found := circle({room: sorted(used) for room, used in rooms.items()}):
            faults += 1
            print(f"  CIRCLE in {ARROWS.relative_to(ROOT)}: {' -> '.join(found)}")
    print("The folders use each other as they should." if not faults else f"{faults} fault{'s' if faults > 1 else ''}.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
