import Mistique
import TestSupport
import Testing

/// Keys of names that nobody would choose, and texts that are no keys. `MISTIQUE_FUZZ_KEYS` says how many of each.
@Suite("Random keys")
struct KeyFuzzTests {
  private static let atoms: [String] = [
    "a", "p1", "layer4", "n35_4_7", ".", "..", "`", "``", "*", "", " ", "\t", "\n", "\u{0}", "\u{1}", "é", "ß", "漢字", "👩‍👩‍👧", "🧪", "🇩🇪",
    "\u{10FFFF}",
    "\u{FFFD}", "\"", "'", "/", "\\", "%", "{}", "-", "0", "\u{85}", "\u{2028}", "\r", "\r\n", "e\u{301}", "\u{301}", "\u{200D}",
    "\u{FE0F}", "\u{1F1E9}",
    "\u{1F3FD}",
  ]

  private static func name(_ random: inout SeededRandom) -> String {
    (0..<random.next() % 4).map { _ in atoms[Int(random.next() % UInt64(atoms.count))] }.joined()
  }

  /// Whether both have the same bytes in every part; `==` would take é for e and an accent.
  private static func isSame(_ a: IntermediateKey, _ b: IntermediateKey) -> Bool {
    func parts(_ key: IntermediateKey) -> [[UInt8]] {
      [key.model.project, key.model.name, key.intermediate, key.column].map { Array($0.utf8) }
    }
    return parts(a) == parts(b)
  }

  @Test("The text of a key gives the key back, whatever its names are")
  func roundTrip() {
    let report = TortureRun("keys", TortureSettings("MISTIQUE_FUZZ_KEYS", small: 20_000)).run { _, random in
      let names = (0..<4).map { _ in Self.name(&random) }
      let key = IntermediateKey(model: ModelIdentity(project: names[0], name: names[1]), intermediate: names[2], column: names[3])
      let text = key.description
      guard let back = try? IntermediateKey(text), Self.isSame(back, key) else {
        throw BrokenProperty("\(names.map(Self.scalars)) as \(Self.scalars(text)) comes back as \(Self.parts(of: text))")
      }
      return "came back"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
  }

  @Test("A text that is no key is refused with malformedKey; one that is has one meaning")
  func anyText() {
    let report = TortureRun("texts of keys", TortureSettings("MISTIQUE_FUZZ_KEYS", small: 20_000)).run { _, random in
      let text = (0..<random.next() % 8).map { _ in Self.name(&random) }.joined(separator: random.next() % 2 == 0 ? "." : "")
      do {
        let key = try IntermediateKey(text)
        guard let again = try? IntermediateKey(key.description), Self.isSame(again, key) else {
          throw BrokenProperty("\(Self.scalars(text)) is a key, its own text \(Self.scalars(key.description)) is another")
        }
        return "a key"
      } catch let error as StoreError where error.code == .malformedKey {
        return "refused"
      }
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(Set(report.outcomes.keys).isSuperset(of: ["a key", "refused"]))
  }

  private static func parts(of text: String) -> String {
    (try? IntermediateKey(text)).map { "\([$0.model.project, $0.model.name, $0.intermediate, $0.column].map(scalars))" } ?? "an error"
  }

  private static func scalars(_ text: String) -> String { "\"" + text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined() + "\"" }
}
