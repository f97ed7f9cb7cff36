import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// Tables multiplied by a power of two, which changes no digit: what is learned of them must change by that power and nothing else, or be
/// refused. `MISTIQUE_MAGNITUDES` says how many.
@Suite("Random magnitudes")
struct MagnitudeFuzzTests {
  @Test("Scale, PCA and ElasticNet of a table are those of its multiple, or an error")
  func magnitudes() {
    let report = TortureRun("magnitudes", TortureSettings("MISTIQUE_MAGNITUDES", small: 300)).run { _, random in
      let exponent = Int(random.next() % 4) == 0 ? Int(random.next() % 20) - 10 : Int(random.next() % 1900) - 950
      if KnownFaults.magnitudes.isThere, abs(exponent) > 100 { return "looked away" }
      let rows = 4 + Int(random.next() % 12)
      let plain = (0..<3).map { _ in (0..<rows).map { _ in (random.unit() * 200 - 100).rounded() / 8 } }
      let multiple = plain.map { $0.map { $0 * exp2(Double(exponent)) } }
      switch random.next() % 5 {
      case 0: return try compare("PCA", ["components": .integer(1)], plain, multiple, by: exp2(Double(exponent)), exponent)
      case 1:
        let penalty = exponent <= 0 && exponent > -400 ? 0.5 : 0
        let other = penalty == 0 ? 0 : penalty * exp2(Double(2 * exponent))
        let shared: [String: ParameterValue] = ["target": .text("c0"), "tol": .number(1e-12), "max_iter": .integer(100_000)]
        return try compare(
          "TrainElasticNet", shared.merging(["alpha": .number(penalty)]) { $1 }, plain, multiple, by: 1, exponent,
          otherwise: shared.merging(["alpha": .number(other)]) { $1 })
      default:
        let method = ["standard", "minmax", "robust"][Int(random.next() % 3)]
        return try compare("Scale", ["method": .text(method)], plain, multiple, by: 1, exponent)
      }
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
  }

  private func compare(
    _ name: String, _ parameters: [String: ParameterValue], _ plain: [[Double]], _ multiple: [[Double]], by factor: Double, _ exponent: Int,
    otherwise: [String: ParameterValue]? = nil
  ) throws -> String {
    let expected = try numbers(name, parameters, plain)
    let got: [[Double]]
    do { got = try numbers(name, otherwise ?? parameters, multiple) } catch is NumericColumnError { return "\(name) refused" }
    for (column, values) in expected.enumerated() {
      let largest = values.reduce(1e-3) { max($0, abs($1)) }
      for (row, value) in values.enumerated() where !(abs(got[column][row] / factor - value) <= 1e-6 * largest) {
        throw BrokenProperty(
          "\(name) \(parameters) of 2^\(exponent) times \(plain): row \(row) of column \(column) is \(got[column][row]), right \(value) * \(factor)"
        )
      }
    }
    return name
  }

  /// The float64 columns that a transformer emits; of a linear model the coefficients.
  private func numbers(_ name: String, _ parameters: [String: ParameterValue], _ columns: [[Double]]) throws -> [[Double]] {
    let type = TransformerRegistry.standard[name]!
    let transformer = type.init(Parameters(parameters, declarations: type.signature.parameters))
    let input = DataFrame(
      rowIDs: .first(columns[0].count), columns: columns.enumerated().map { (name: "c\($0)", column: Column(.float64($1))) })
    let frame = try transformer.fit([.frame(input)]).apply([.frame(input)])[0]
    let kept = zip(frame.names, frame.columns).filter { $0.0 == "coefficient" || name != "TrainElasticNet" }
    return kept.compactMap { $0.1.doubles }.map { name == "TrainElasticNet" ? Array($0.dropLast()) : $0 }
  }
}
