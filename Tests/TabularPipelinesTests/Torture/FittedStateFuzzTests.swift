import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// States of fitted transformers with bytes that nobody wrote: refused with a `FittedStateError`, or transformers that can be applied.
/// `MISTIQUE_FUZZ_STATES` says how many.
///
/// Half of the states have their length and checksum made right again. States of boosters do not: their bytes are XGBoost's to parse, and the
/// checksum is what keeps damaged ones from it.
@Suite("Random fitted states")
struct FittedStateFuzzTests {
  private struct Subject {
    let name: String
    let transformer: any Transformer
    let state: [UInt8]
    let input: StageInput
  }

  private static let mutations = ByteMutations(tokens: [
    [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0xf0, 0x7f], [0, 0, 0, 0, 0, 0, 0xf8, 0x7f], [1, 0, 0, 0],
    [0xff, 0xff, 0xff, 0x7f],
  ])

  @Test("A mutated state is refused with a FittedStateError, or is of a transformer that works")
  func mutated() throws {
    let subjects = try Self.subjects()
    let report = TortureRun("fitted states", TortureSettings("MISTIQUE_FUZZ_STATES", small: 10_000)).run { _, random in
      let subject = subjects[Int(random.next() % UInt64(subjects.count))]
      var bytes = subject.state
      let isMutated = random.next() % 8 != 0
      if isMutated, random.next() % 3 != 0, bytes.count > 22 {
        var body = Array(bytes[14..<(bytes.count - 8)])
        Self.mutations.mutate(&body, &random)
        bytes = Self.sealed(Array(bytes[..<6]), body)
      } else if isMutated {
        Self.mutations.mutate(&bytes, &random)
      }
      let fitted: any FittedTransformer
      do { fitted = try subject.transformer.restore(bytes) } catch is FittedStateError {
        guard bytes != subject.state else { throw BrokenProperty("the state of \(subject.name) is refused") }
        return "refused"
      }
      if bytes == subject.state {
        guard fitted.state == subject.state else { throw BrokenProperty("the state of \(subject.name) is another once it is restored") }
      }
      do {
        for frame in try fitted.apply([subject.input]) {
          guard frame.rowCount <= 64 else { throw BrokenProperty("\(frame.rowCount) rows") }
        }
        return bytes == subject.state ? "restored" : "another state"
      } catch let error where error is TransformerError || error is NumericColumnError || error is CSVError || error is FittedStateError {
        return "another state, refused when applied"
      } catch let error as BrokenProperty {
        throw error
      } catch {
        throw BrokenProperty("\(subject.name) applied with another state: \(type(of: error)) \(error)")
      }
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(Set(report.outcomes.keys).isSuperset(of: ["restored", "refused", "another state"]))
  }

  /// The envelope around `body`, as `FittedState` describes it.
  private static func sealed(_ head: [UInt8], _ body: [UInt8]) -> [UInt8] {
    var bytes = head
    withUnsafeBytes(of: UInt64(body.count).littleEndian) { bytes += $0 }
    bytes += body
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    withUnsafeBytes(of: hash.littleEndian) { bytes += $0 }
    return bytes
  }

  private static func subjects() throws -> [Subject] {
    let folder = TemporaryDirectory.fast("states")
    let csv = try folder.file("t.csv", "a,b,c\n1,x,0.5\n2,y,\n3,x,1.5\n")
    var gaps = Validity(count: 12, present: true)
    gaps[3] = false
    let numbers: [(name: String, column: Column)] = [
      ("x", Column(.float64((0..<12).map { Double($0 * $0 % 7) }), validity: gaps)),
      ("y", Column(.float64((0..<12).map { Double($0 % 5) - 1.5 }))),
      ("n", Column(.int64((0..<12).map { Int64($0 % 4) }))),
    ]
    let words: [(name: String, column: Column)] = [
      ("t", Column(.text(TextValues((0..<12).map { ["a", "b", "é", ""][$0 % 4] })))), ("b", Column(.boolean((0..<12).map { $0 % 3 == 0 }))),
      ("d", Column(.date((0..<12).map { Int32($0 % 3) }))),
    ]
    let whole = StageInput.frame(DataFrame(rowIDs: .first(12), columns: numbers + words))
    let plain = StageInput.frame(DataFrame(rowIDs: .first(12), columns: Array(numbers.dropFirst())))
    let cases: [(String, [String: ParameterValue], StageInput)] = [
      ("ReadCSV", [:], .file(csv)), ("ReadCSV", ["missing": .texts(["x"])], .file(csv)), ("FillNA", ["strategy": .text("mean")], whole),
      ("FillNA", ["strategy": .text("most_frequent")], whole), ("FillNA", [:], whole), ("Scale", [:], whole),
      ("OneHotEncoding", ["columns": .texts(["t", "b"])], whole), ("PCA", ["components": .integer(2)], plain),
      ("TrainElasticNet", ["target": .text("y")], plain), ("TrainElasticNet", ["target": .text("y"), "normalize": .boolean(true)], plain),
    ]
    return try cases.compactMap { name, parameters, input in
      let type = TransformerRegistry.standard[name]!
      let declared = parameters.filter { parameter in type.signature.parameters.contains { $0.name == parameter.key } }
      guard type.signature.parameters.allSatisfy({ $0.defaultValue != nil || declared[$0.name] != nil }) else { return nil }
      let transformer = type.init(Parameters(declared, declarations: type.signature.parameters))
      let fitted = try transformer.fit([input])
      return Subject(name: name, transformer: transformer, state: fitted.state, input: input)
    }
  }
}
