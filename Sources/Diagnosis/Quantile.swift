/// The quantile of activations: the value that a given share of them does not exceed.
///
/// NETDISSECT's threshold is the 0.995 quantile of a neuron (Bau et al., CVPR 2017, section 3.2).
public enum Quantile {
  /// Interpolated linearly between the two nearest values in float64, in the order of operations of NumPy's `quantile`.
  ///
  /// - Parameters:
  ///   - share: 0 gives the smallest value, 1 the largest.
  ///   - values: in any order.
  /// - Throws: ``DiagnosisError``: `tooFewRows` when there is no value, `notFinite` when one is NaN or infinite.
  /// - Precondition: `share` lies in 0...1.
  /// - Complexity: O(n log n).
  public static func of(_ share: Double, values: [Float]) throws(DiagnosisError) -> Double {
    precondition((0...1).contains(share), "a quantile of \(share)")
    guard !values.isEmpty else {
      throw DiagnosisError(.tooFewRows, "there is no value to take a quantile of", remedy: "Give at least one row")
    }
    if let broken = values.firstIndex(where: { !$0.isFinite }) {
      throw DiagnosisError(
        .notFinite, "value \(broken) is \(values[broken])", remedy: "Leave out what is not a number before comparing sizes")
    }
    let sorted = values.sorted()
    let position = share * Double(sorted.count - 1)
    let place = min(Int(position), sorted.count - 1)
    let (below, above) = (Double(sorted[place]), Double(sorted[min(place + 1, sorted.count - 1)]))
    let part = position - Double(place)
    return part >= 0.5 ? above - (above - below) * (1 - part) : below + (above - below) * part
  }
}
