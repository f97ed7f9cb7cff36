import Foundation

extension Column {
  /// The column with integers of its last decimal place added: the inverse of taking the difference.
  func adding(_ integers: Column, digits: Int) throws -> Column {
    guard case .int64(let integers) = integers.values, integers.count == count else {
      preconditionFailure("differences are a column of as many integers")
    }
    let scale = pow(10, Double(digits))
    func sum(_ value: Double, _ integer: Int64) -> Double {
      let whole = (value * scale).rounded()
      return (abs(whole) < 1e15 ? Double(Int64(whole) &+ integer) : whole) / scale
    }
    switch values {
    case .float64(let values): return Column(.float64(zip(values, integers).map(sum)))
    case .float32(let values): return Column(.float32(zip(values, integers).map { Float(sum(Double($0), $1)) }))
    default: throw StoreError.corrupt("differences were taken of a column of \(type)", at: "derived column")
    }
  }
}
