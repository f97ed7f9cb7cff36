import ArrayFiles
import ExperimentKit
import Foundation
import Groundwork

/// Arrays that stand in for a user's: what a small network might emit for examples of ten kinds, so that neighbours mean something.
///
/// `maps` is a layer after ReLU (rows x 8 x 8 x 8), `features` a dense layer, `scores` logits in float64, `kinds` labels. The same bits for the same
/// seed and number of rows on every machine: only sums and products are used.
struct GeneratedArrays {
  let seed: UInt64
  let rows: Int

  private static let kinds = 10
  private static let side = 8
  private static let channels = 8
  private static let units = 64

  init(seed: UInt64, _ scale: ExperimentKit.Scale) {
    self.seed = seed
    rows =
      switch scale {
      case .smoke: 200
      case .ci: 1_000
      case .small: 4_000
      case .paper: 20_000
      }
  }

  private enum Stream: UInt64 { case kind = 1, kindMaps, rowMaps, kindUnits, rowUnits, scores }

  /// Writes the four files into `folder`, once.
  func write(into folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try write("kinds", "|u1", [rows], in: folder) { row in [UInt8(kind(row))] }
    let cells = Self.channels * Self.side * Self.side
    let maps = (0..<Self.kinds).map { smooth(.kindMaps, UInt64($0)) }
    try write("maps", "<f4", [rows, Self.channels, Self.side, Self.side], in: folder) { row in
      let own = smooth(.rowMaps, UInt64(row))
      return (0..<cells).map { max(0, Float(maps[kind(row)][$0] + 0.6 * own[$0])) }
    }
    let units = (0..<Self.kinds).map { normals(.kindUnits, UInt64($0), Self.units) }
    try write("features", "<f4", [rows, Self.units], in: folder) { row in
      let own = normals(.rowUnits, UInt64(row), Self.units)
      return (0..<Self.units).map { Float(units[kind(row)][$0] + 0.5 * own[$0]) }
    }
    try write("scores", "<f8", [rows, Self.kinds], in: folder) { row in
      normals(.scores, UInt64(row), Self.kinds).enumerated().map { $0.offset == kind(row) ? $0.element + 4 : $0.element }
    }
  }

  private func kind(_ row: Int) -> Int {
    var random = SplitMix64(seed: seed, stream: Stream.kind.rawValue, index: UInt64(row))
    return random.next(below: Self.kinds)
  }

  /// About normal, of deviation 1: twelve uniform numbers less their mean.
  private func normals(_ stream: Stream, _ index: UInt64, _ count: Int) -> [Double] {
    var random = SplitMix64(seed: seed, stream: stream.rawValue, index: index)
    return (0..<count).map { _ in (0..<12).reduce(-6.0) { sum, _ in sum + random.uniform() } }
  }

  /// Maps whose neighbouring cells are alike: the mean of 3 x 3 normals around each.
  private func smooth(_ stream: Stream, _ index: UInt64) -> [Double] {
    let (side, wide) = (Self.side, Self.side + 2)
    let noise = normals(stream, index, Self.channels * wide * wide)
    return (0..<Self.channels * side * side).map { place in
      let (channel, y, x) = (place / (side * side), place / side % side, place % side)
      var sum = 0.0
      for line in y..<y + 3 { for column in x..<x + 3 { sum += noise[(channel * wide + line) * wide + column] } }
      return sum / 3
    }
  }

  private func write<Value>(_ name: String, _ type: String, _ shape: [Int], in folder: URL, _ row: (Int) -> [Value]) throws {
    let file = folder.appendingPathComponent("\(name).npy")
    guard !FileManager.default.fileExists(atPath: file.path) else { return }
    var writer = try NPYWriter(file, type: type, shape: shape)
    for place in 0..<shape[0] { try row(place).withUnsafeBytes { try writer.write($0) } }
    try writer.commit()
  }
}
