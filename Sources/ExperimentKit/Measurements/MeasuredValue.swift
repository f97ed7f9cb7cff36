/// One measured number: an exact integer (bytes, counts) or a finite real.
///
/// Prints and parses without loss: integers over all of `Int64`, reals as the shortest text that reads back to the same bits.
/// A real never prints as an integer does (`5.0`, not `5`), so the kind survives the round trip too.
package enum MeasuredValue: Sendable, Hashable, CustomStringConvertible {
  case integer(Int64)
  case real(Double)

  package var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    }
  }

  /// The value for arithmetic. Integers beyond 2^53 lose their lowest bits here; compare `MeasuredValue`s for exactness.
  package var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    }
  }

  /// False for NaN and the infinities, which a table refuses.
  package var isFinite: Bool { double.isFinite }

  /// Reads what `description` prints. Nil for anything else: spaces, a sign `+`, hexadecimal, NaN, infinities, integers past `Int64`.
  package init?(parsing text: String) {
    let body = text.utf8.drop { $0 == UInt8(ascii: "-") }
    guard text.utf8.count - body.count <= 1, let first = body.first, (48...57).contains(first) else { return nil }
    if body.allSatisfy({ (48...57).contains($0) }) {
      guard let value = Int64(text) else { return nil }
      self = .integer(value)
    } else {
      guard body.allSatisfy({ (48...57).contains($0) || ".eE+-".utf8.contains($0) }) else { return nil }
      guard let value = Double(text), value.isFinite else { return nil }
      self = .real(value)
    }
  }
}

/// What can be recorded as a measurement.
package protocol Measurable {
  var measured: MeasuredValue { get }
}

extension Int: Measurable {
  package var measured: MeasuredValue { .integer(Int64(self)) }
}

extension Int64: Measurable {
  package var measured: MeasuredValue { .integer(self) }
}

extension Double: Measurable {
  package var measured: MeasuredValue { .real(self) }
}

extension Float: Measurable {
  package var measured: MeasuredValue { .real(Double(self)) }
}

extension MeasuredValue: Measurable {
  package var measured: MeasuredValue { self }
}
