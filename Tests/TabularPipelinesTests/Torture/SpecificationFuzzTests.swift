import Foundation
import TestSupport
import Testing

@testable import TabularPipelines

/// Specifications that nobody would write: refused with a `SpecificationError`, or pipelines whose canonical text gives them back.
/// `MISTIQUE_FUZZ_SPECIFICATIONS` says how many.
@Suite("Random specifications")
struct SpecificationFuzzTests {
  private static let mutations = ByteMutations(tokens: [
    "\n", "  ", "- ", ": ", "{", "}", "[", "]", "[]", "{}", "\"", "'", "#", "|", ">", "&a", "*a", "!!int ", "!!binary ", "? ", "---\n",
    "...", "~",
    "null", "yes", "0x10", "1e400", "-0", ".inf", ".nan", "9223372036854775808", "1_000", "é", "\u{0}", "\u{85}", "\u{2028}", "\u{FEFF}",
    "\t", "\\x41",
    "\\u0000", "name: ", "stages:", "inputs:", "variants:", "parameters: ", "..", "/", "a\rb",
  ])

  @Test("A mutated specification is refused with a SpecificationError, or its canonical text gives it back")
  func mutated() {
    let report = TortureRun("specifications", TortureSettings("MISTIQUE_FUZZ_SPECIFICATIONS", small: 3_000)).run { _, random in
      var bytes = Array(RandomSpecification.text(&random).utf8)
      let isMutated = random.next() % 4 != 0
      if isMutated { Self.mutations.mutate(&bytes, &random) }
      // What is not UTF-8 is refused before it is parsed.
      guard let text = String(validating: bytes, as: UTF8.self) else { return "no UTF-8" }
      let template: PipelineSpecification
      do { template = try PipelineSpecification(parsing: text, file: "p.yaml") } catch let error as SpecificationError {
        guard error.description.utf8.count < 2_000, error.line > 0 else { throw BrokenProperty("an error as long as that: \(error)") }
        if !isMutated { throw BrokenProperty("\(text)\nis refused: \(error)") }
        return "refused"
      }
      for variant in [nil] + template.variants.map({ Optional($0.name) }) {
        let pipeline = try Pipeline(template, variant: variant)
        let canonical = pipeline.canonicalText
        guard let again = try? Pipeline(canonicalText: canonical), again == pipeline, again.canonicalText == canonical else {
          throw BrokenProperty("\(text)\nis a pipeline, and its canonical text is not: \(canonical)")
        }
        // Configuring checks nothing any more; it must take what the parser let pass.
        for stage in pipeline.stages { _ = pipeline.transformer(of: stage) }
      }
      return isMutated ? "another pipeline" : "a pipeline"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(Set(report.outcomes.keys).isSuperset(of: ["refused", "a pipeline", "another pipeline"]))
  }
}

/// Specifications with a few stages, every parameter drawn from what its declaration takes.
enum RandomSpecification {
  private static let texts = [
    "a", "price", "", " ", "é", "e\u{301}", "a b", "R&D", "*x", "a: b", "- x", "\"q\"", "it's", "#1", "null", "1", "\u{0}\u{85}\n",
  ]

  static func text(_ random: inout SeededRandom) -> String {
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    let registry = TransformerRegistry.standard
    var lines = ["name: P\(below(3))", "project: z", "inputs: {f: f.csv, g: \"d/g.csv\"}", "stages:"]
    var frames: [String] = []
    var models: [String] = []
    var stages: [(name: String, signature: TransformerSignature)] = []
    for number in 0..<1 + below(4) {
      let candidates = registry.names.filter { name in
        registry[name]!.signature.inputs.allSatisfy {
          $0 == .file || ($0 == .frame && !frames.isEmpty) || ($0 == .model && !models.isEmpty)
        }
      }
      let name = candidates[below(candidates.count)]
      let signature = registry[name]!.signature
      var kinds = signature.inputs
      if signature.repeatsLastInput, below(2) == 0 { kinds.append(kinds.last!) }
      let inputs = kinds.map { kind in
        switch kind {
        case .file: ["f", "g"][below(2)]
        case .frame: frames[below(frames.count)]
        case .model: models[below(models.count)]
        }
      }
      lines.append("  - name: s\(number)")
      lines.append("    transformer: \(name)")
      lines.append("    inputs: [\(inputs.joined(separator: ", "))]")
      let parameters = signature.parameters.filter { $0.defaultValue == nil || below(3) == 0 }.map {
        "\($0.name): \(value($0, &random).canonicalText)"
      }
      if !parameters.isEmpty { lines.append("    parameters: {\(parameters.joined(separator: ", "))}") }
      if signature.trainsModel { models.append("s\(number)") } else { frames += signature.outputs.map { "s\(number)\($0)" } }
      stages.append(("s\(number)", signature))
    }
    if below(2) == 0 {
      lines += ["variants:", "  v: {}"]
      if let (name, signature) = stages.last, let declaration = signature.parameters.randomElement(using: &random) {
        lines.append("  w: {\(name): {\(declaration.name): \(value(declaration, &random).canonicalText)}}")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func value(_ declaration: ParameterDeclaration, _ random: inout SeededRandom) -> ParameterValue {
    func number(_ range: ClosedRange<Double>) -> Double {
      [range.lowerBound, range.upperBound, (range.lowerBound + range.upperBound) / 2, range.lowerBound.nextUp][Int(random.next() % 4)]
    }
    if let value = declaration.defaultValue, random.next() % 4 == 0 { return value }
    switch declaration.kind {
    case .integer(let range):
      return .integer([range.lowerBound, range.upperBound, max(range.lowerBound, min(3, range.upperBound))][Int(random.next() % 3)])
    case .number(let range): return .number(number(range))
    case .numbers(let range): return .numbers((0..<random.next() % 3).map { _ in number(range) })
    case .boolean: return .boolean(random.next() % 2 == 0)
    case .text(let allowed): return .text((allowed.isEmpty ? texts : allowed).randomElement(using: &random)!)
    case .texts: return .texts((0..<random.next() % 3).map { _ in texts.randomElement(using: &random)! })
    case .mapping(let allowed):
      // The YAML parser takes both ways of writing an accent for one key, and refuses them together.
      let names = texts.filter { $0.unicodeScalars.first != "\u{E9}" }.shuffled(using: &random).prefix(Int(random.next() % 3))
      return .mapping(of: names.map { ($0, (allowed.isEmpty ? texts : allowed).randomElement(using: &random)!) })
    }
  }
}
