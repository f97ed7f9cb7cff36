import Foundation
import Mistique

/// A frame as the Python worker answers it.
struct OracleFrame {
  let columns: [[String: Any]]
  /// 0 where values must be met to the bit, else of a column's largest value.
  let tolerance: Double

  /// What is wrong with `frame`, in words; `nil` when it is right. With `flipping` a bit of the first number is wrong on purpose.
  func fault(of frame: DataFrame, flipping: Bool) -> String? {
    var flips = flipping
    let names = columns.map { $0["name"] as? String ?? "" }
    // A trained model says more of itself than the oracle does.
    guard frame.names == names || (frame.names.starts(with: names) && frame.names.contains("coefficient")) else {
      return "columns \(frame.names), right \(names)"
    }
    // A model that says that its sweeps ran out claims nothing of its coefficients.
    if case .boolean(let converged)? = frame["converged"]?.values, converged.first == false { return nil }
    for (place, column) in columns.enumerated() {
      let own = frame.columns[place]
      if let texts = column["texts"] as? [Any] {
        guard texts.count == own.count, case .text(let values) = own.values else {
          return "\(names[place]) is \(own.type), \(own.count) rows"
        }
        for row in 0..<own.count where (own.isPresent(row) ? values[row] : nil) != (texts[row] as? String) {
          return "\(names[place]), row \(row): \(own.isPresent(row) ? values[row] : "missing"), right \(texts[row])"
        }
        continue
      }
      var right = Self.numbers(column["numbers"] as? String ?? "")
      guard right.count == own.count, let numbers = own.doubles else { return "\(names[place]) is \(own.type), \(own.count) rows" }
      if flips, let first = right.firstIndex(where: { !$0.isNaN && $0 != 0 }) {
        right[first] = Double(bitPattern: right[first].bitPattern ^ (tolerance == 0 ? 1 : 1 << 62))
        flips = false
      }
      guard column["sure"] as? Bool != false else { continue }
      let largest = right.reduce(1e-300) { $1.isNaN ? $0 : max($0, abs($1)) }
      for row in 0..<own.count {
        let (got, expected) = (numbers[row], right[row])
        if got.isNaN && expected.isNaN { continue }
        guard abs(got - expected) <= tolerance * max(largest, 1e-2) else { return "\(names[place]), row \(row): \(got), right \(expected)" }
      }
    }
    return nil
  }

  private static func numbers(_ hexadecimal: String) -> [Double] {
    let digits = Array(hexadecimal.utf8)
    return stride(from: 0, to: digits.count, by: 16).map {
      Double(bitPattern: UInt64(String(decoding: digits[$0..<$0 + 16], as: UTF8.self), radix: 16)!)
    }
  }
}
