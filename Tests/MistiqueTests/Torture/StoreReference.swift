import Foundation
import Mistique

/// What a store must answer, worked out from what was logged by loops over arrays that share no code with the engine.
struct StoreReference {
  let logged: LoggedIntermediate
  let scheme: QuantizationScheme

  /// Maps after pooling: their shape, values, and how far a value may be from the true one, because windows are added in float32.
  struct PooledMaps {
    var channels: Int
    var height: Int
    var width: Int
    var values: [Float]
    var slack: [Float]

    var columns: Int { channels * height * width }
  }

  static func pooled(_ maps: LoggedMaps, _ pooling: QuantizationScheme.Pooling?) -> PooledMaps {
    guard let pooling else {
      return PooledMaps(
        channels: maps.channels, height: maps.height, width: maps.width, values: maps.values, slack: maps.values.map { _ in 0 })
    }
    let size: Int
    switch pooling.window {
    case .wholeMap: size = max(maps.height, maps.width)
    case .size(let given): size = min(given, max(maps.height, maps.width))
    }
    let (height, width) = ((maps.height + size - 1) / size, (maps.width + size - 1) / size)
    var result = PooledMaps(channels: maps.channels, height: height, width: width, values: [], slack: [])
    for map in 0..<maps.ids.count * maps.channels {
      for top in stride(from: 0, to: maps.height, by: size) {
        for left in stride(from: 0, to: maps.width, by: size) {
          var window: [Float] = []
          for y in top..<min(top + size, maps.height) {
            for x in left..<min(left + size, maps.width) { window.append(maps.values[(map * maps.height + y) * maps.width + x]) }
          }
          let (value, slack) = reduced(window, pooling.kind)
          result.values.append(value)
          result.slack.append(slack)
        }
      }
    }
    return result
  }

  private static func reduced(_ window: [Float], _ kind: QuantizationScheme.Pooling.Kind) -> (value: Float, slack: Float) {
    if window.contains(where: \.isNaN) { return (.nan, 0) }
    if kind == .maximum { return (window.max()!, 0) }
    let sum = window.reduce(0.0) { $0 + Double($1) }
    let magnitude = window.reduce(0.0) { $0 + abs(Double($1)) }
    if magnitude.isInfinite { return (Float(sum), 0) }
    return (Float(sum / Double(window.count)), window.count == 1 ? 0 : Float(magnitude * 1e-6) + 1e-44)
  }

  /// Places of the rows whose ids are asked for, in the intermediate's order.
  func places(_ rows: RowRequest) -> [Int] {
    let ids = logged.ids
    guard case .ids(let asked) = rows else { return Array(ids.indices) }
    return ids.indices.filter { asked.contains(ids[$0]) }
  }
}

extension Column {
  /// One value with its type, as text that differs where bits differ; `nil` where it is missing.
  func plainBits(_ row: Int) -> String? {
    guard isPresent(row) else { return nil }
    switch values {
    case .float32(let v): return "f\(v[row].bitPattern)"
    case .float64(let v): return "d\(v[row].bitPattern)"
    case .int64(let v): return "i\(v[row])"
    case .boolean(let v): return "b\(v[row])"
    case .date(let v): return "t\(v[row])"
    case .timestamp(let v): return "m\(v[row])"
    case .text(let v): return "s\(Array(v.bytes(at: row)))"
    }
  }

  /// One value as a number, NaN where there is none.
  func plainNumber(_ row: Int) -> Double {
    guard isPresent(row) else { return .nan }
    switch values {
    case .float32(let v): return Double(v[row])
    case .float64(let v): return v[row]
    case .int64(let v): return Double(v[row])
    case .boolean(let v): return v[row] ? 1 : 0
    case .date(let v): return Double(v[row])
    case .timestamp(let v): return Double(v[row])
    case .text: return .nan
    }
  }
}
