import Foundation
import TestSupport

/// A line of shell in a page, held to the programs and the Makefile as they are.
struct CommandLine {
  struct Mismatch: Error, CustomStringConvertible {
    let description: String
  }

  /// It is built beside the tests.
  static let programs = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  static let names = ["make", "mistique", "experiments"]

  let words: [String]
  /// Whether the line is one of the programs that are held to anything.
  var isCommand: Bool { words.first.map { Self.names.contains($0) } ?? false && !words.contains("->") }

  /// Takes off a prompt, variables before the command, the path of a program, redirections and a comment behind.
  init(_ line: String) {
    var text = line.hasPrefix("$ ") ? String(line.dropFirst(2)) : line
    text = text.replacing(/\s\s+#.*$/, with: "").replacing(/^#.*$/, with: "")
    var words = Self.split(text)
    if let end = words.firstIndex(where: { ["|", ">", "2>", "&&", ";"].contains($0) }) { words = Array(words[..<end]) }
    words = Array(words.drop { $0.wholeMatch(of: /[A-Z_]+=.*/) != nil })
    if let first = words.first, first.contains("/") { words[0] = String(first.split(separator: "/").last ?? "") }
    self.words = words
  }

  /// Words as a shell splits them, without quotes.
  static func split(_ text: String) -> [String] {
    var (words, word, quote): ([String], String?, Character?) = ([], nil, nil)
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }

  /// - Parameter isWhole: whether every argument must be there.
  /// - Throws: `Mismatch` saying what the program or the Makefile does not have.
  func check(isWhole: Bool = true) throws {
    switch words[0] {
    case "make": try checkMake()
    default: try Program.named(words[0]).check(Array(words.dropFirst()), isWhole: isWhole)
    }
  }

  /// What make would run, and the flags it would hand on.
  private func checkMake() throws {
    let result = try Command(["make", "--dry-run", "--no-print-directory"] + words.dropFirst(), in: Pages.root).finish()
    guard result.status == 0 else { throw Mismatch(description: result.errors) }
    // As the recipes call the program, from whichever build folder; the last part holds the flags of the page.
    let lines = result.output.split(separator: "\n").map { $0.drop { "@ ".contains($0) } }
    for line in lines where line.prefixMatch(of: #/\S*/experiments\s/#) != nil {
      try Program.named("experiments").check(CommandLine(String(line)).words.dropFirst().filter { $0 != "||" }, isWhole: false)
    }
  }
}

/// A program's commands and their arguments, as it tells them itself.
struct Program: Decodable, Sendable {
  struct Argument: Decodable, Sendable {
    struct Name: Decodable, Sendable {
      let kind: String
      let name: String
    }

    let kind: String
    let isOptional: Bool
    let isRepeating: Bool
    let names: [Name]?
    let allValues: [String]?
  }

  struct Body: Decodable, Sendable {
    let commandName: String
    let discussion: String?
    let shouldDisplay: Bool?
    let arguments: [Argument]?
    let subcommands: [Body]?
  }

  let command: Body

  static func named(_ name: String) throws -> Program {
    let result = try Command.run([CommandLine.programs.appendingPathComponent(name).path, "--experimental-dump-help"])
    return try JSONDecoder().decode(Program.self, from: Data(result.output.utf8))
  }

  /// - Throws: `CommandLine.Mismatch`.
  func check(_ words: [String], isWhole: Bool) throws {
    func fail(_ problem: String) -> CommandLine.Mismatch {
      .init(description: "\(command.commandName) \(words.joined(separator: " ")): \(problem)")
    }
    guard let first = words.first, !first.hasPrefix("-") else {
      // Flags of the program itself.
      for word in words where !(command.arguments ?? []).contains(where: { $0.isNamed(word) }) { throw fail("there is no \(word)") }
      return
    }
    guard let body = command.subcommands?.first(where: { $0.commandName == first }) else { throw fail("there is no command \(first)") }
    let arguments = body.arguments ?? []
    var positions = 0
    var given: Set<String> = []
    var rest = words.dropFirst()
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        positions += 1
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1)
      guard let argument = arguments.first(where: { $0.isNamed(String(parts[0])) }) else { throw fail("it has no \(parts[0])") }
      given.insert(String(parts[0]))
      guard argument.kind == "option" else { continue }
      guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() else { throw fail("\(word) has no value") }
      if let all = argument.allValues, !all.isEmpty, !all.contains(value) { throw fail("\(word) \(value): it is one of \(all)") }
    }
    let positional = arguments.filter { $0.kind == "positional" }
    if positions > positional.count, !positional.contains(where: \.isRepeating) { throw fail("it takes \(positional.count) arguments") }
    guard isWhole else { return }
    guard positions >= positional.filter({ !$0.isOptional }).count else { throw fail("an argument is missing") }
    for option in arguments where option.kind == "option" && !option.isOptional {
      guard given.contains(where: option.isNamed) else { throw fail("it needs --\(option.names?.first?.name ?? "")") }
    }
  }
}

extension Program.Argument {
  func isNamed(_ word: String) -> Bool {
    names?.contains { $0.kind == "long" ? word == "--\($0.name)" : word == "-\($0.name)" } ?? false
  }
}
