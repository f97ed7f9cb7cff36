/// A rectangle of one map of a layer, as a column name says it: `n35` the whole map, `n35_4_7` row 4 and column 7 of it, `n35_2-5_0-7` rows 2 to 5 of
/// columns 0 to 7.
struct MapRegion: Equatable {
  let channel: Int
  let rows: ClosedRange<Int>
  let columns: ClosedRange<Int>

  /// `nil` for what is no such name, and for one that goes beyond the maps.
  init?(_ name: String, channels: Int, height: Int, width: Int) {
    guard name.first == "n" else { return nil }
    let parts = name.dropFirst().split(separator: "_", omittingEmptySubsequences: false)
    guard let channel = Self.number(parts[0]), channel < channels, height > 0, width > 0 else { return nil }
    self.channel = channel
    if parts.count == 1 {
      (rows, columns) = (0...height - 1, 0...width - 1)
      return
    }
    guard parts.count == 3, let rows = Self.range(parts[1]), let columns = Self.range(parts[2]), rows.upperBound < height,
      columns.upperBound < width
    else { return nil }
    (self.rows, self.columns) = (rows, columns)
  }

  /// Digits alone: a sign would be part of a range.
  private static func number(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return Int(text)
  }

  /// `4`, or `2-5` with both ends.
  private static func range(_ text: Substring) -> ClosedRange<Int>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(number)
    guard let first = ends[0], let last = ends[ends.count - 1], ends.count <= 2, first <= last else { return nil }
    return first...last
  }

  /// Its places in a row of the layer, ascending; one range where nothing lies between its lines.
  func places(height: Int, width: Int) -> [Range<Int>] {
    let start = channel * height * width
    if columns.count == width {
      return [start + rows.lowerBound * width..<start + (rows.upperBound + 1) * width]
    }
    return rows.map { row in start + row * width + columns.lowerBound..<start + row * width + columns.upperBound + 1 }
  }
}
