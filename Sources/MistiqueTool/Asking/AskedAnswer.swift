import Mistique

/// What was fetched for the keys of a question, its rows brought together by row_id.
struct AskedAnswer {
  let keys: [IntermediateKey]
  let joined: JoinedRows
  private let results: [IntermediateResult]

  /// - Throws: `QuestionError` when the intermediates have no row in common.
  init(_ keys: [IntermediateKey], _ results: [IntermediateResult]) throws {
    (self.keys, self.results) = (keys, results)
    joined = try JoinedRows(results)
  }

  var rowIDs: [Int64] { joined.rowIDs }

  /// Whether everything is of layers of networks.
  var isOfNetworks: Bool { results.allSatisfy { $0.matrix != nil } }

  private func place(of key: IntermediateKey) -> Int {
    results.firstIndex { IntermediateKey(model: $0.model, intermediate: $0.intermediate) == key.ofIntermediate }!
  }

  /// The columns that the keys name.
  ///
  /// - Parameter map: what becomes of the maps of a network's layer.
  func columns(_ map: MapChoice) -> AskedColumns {
    let ofKey = keys.map { key in
      let place = place(of: key)
      return Self.columns(of: key, in: results[place], map: map).map { column in
        guard let rows = joined.places[place] else { return column }
        return AskedColumn(name: column.name, key: column.key, values: column.values.gather(rows))
      }
    }
    return AskedColumns(rowIDs: joined.rowIDs, ofKey: ofKey)
  }

  /// The layer that some of the keys, and no other, name columns of: without a copy where it has no other rows. `nil` when they are not of one layer of a
  /// network.
  func layer(_ keys: Range<Int>) -> AskedMatrix? {
    let places = self.keys.map(place)
    guard let first = keys.first, places.indices.allSatisfy({ (places[$0] == places[first]) == keys.contains($0) }),
      let matrix = results[places[first]].matrix
    else { return nil }
    let values = joined.places[places[first]].map { rows in
      FloatMatrix(rows: rows.count, columns: matrix.columns) { target in
        matrix.withValues { values in
          for (place, row) in rows.enumerated() {
            for column in 0..<matrix.columns { target[place * matrix.columns + column] = values[row * matrix.columns + column] }
          }
        }
      }
    }
    return AskedMatrix(names: results[places[first]].columnNames, values: values ?? matrix)
  }

  private static func columns(of key: IntermediateKey, in result: IntermediateResult, map: MapChoice) -> [AskedColumn] {
    func column(_ name: String, _ values: Column) -> AskedColumn {
      let selector = IntermediateKey(model: key.model, intermediate: key.intermediate, column: ColumnSelector.selector(of: name))
      return AskedColumn(name: name, key: "\(selector)", values: values)
    }
    guard let asked = result.schema.columns(named: key.column) else { return [] }
    let places = asked.map { range in
      let offset = result.offset(of: range.lowerBound)
      return offset..<offset + range.count
    }
    switch result.values {
    case .frame(let frame):
      return places.joined().map { column(frame.names[$0], frame.columns[$0]) }
    case .maps(let matrix):
      let count = asked.reduce(0) { $0 + $1.count }
      guard case .maps(_, let height, let width) = result.schema, height * width > 1, map != .values, count > 1 else {
        return zip(asked, places).flatMap { asked, place in
          matrix.columns(place).enumerated().map { column(result.schema.columnName(asked.lowerBound + $0), Column(.float32($1))) }
        }
      }
      let area = height * width
      guard count % area == 0 else {
        // A part of one map.
        return [column(ColumnSelector.name(key.column) ?? key.column, Column(.float64(map.reduced(matrix, columns: places))))]
      }
      let (first, place) = (asked[0].lowerBound, places[0].lowerBound)
      return (0..<count / area).map { channel in
        let values = map.reduced(matrix, columns: [place + channel * area..<place + (channel + 1) * area])
        return column("n\(first / area + channel)", Column(.float64(values)))
      }
    }
  }
}

/// Columns as rows of float32.
struct AskedMatrix {
  let names: [String]
  let values: FloatMatrix

  init(names: [String], values: FloatMatrix) { (self.names, self.values) = (names, values) }

  /// Columns of numbers, rounded to float32: of others than float32 their differences to the first finite value, so that a large number that all have in
  /// common does not take the digits of what differs. Differences beyond float32, or all too small for it, are in another unit, the same for all columns.
  /// For what depends neither on where zero is nor on the unit.
  ///
  /// - Throws: `QuestionError` when there is none, and for text.
  init(_ columns: [AskedColumn], rows: Int) throws {
    let numbers = try columns.map { try $0.requiredNumbers() }
    let zeros = zip(columns, numbers).map { column, values in column.values.type == .float32 ? 0 : values.first(where: \.isFinite) ?? 0 }
    let unit = Self.unit(of: zip(numbers, zeros).lazy.flatMap { values, zero in values.lazy.map { $0 - zero } })
    values = FloatMatrix(rows: rows, columns: columns.count) { target in
      for (place, column) in numbers.enumerated() {
        let zero = zeros[place]
        for row in 0..<rows { target[row * columns.count + place] = Float((column[row] - zero) / unit) }
      }
    }
    names = columns.map(\.name)
  }

  /// 1 where the largest difference is one that float32 holds in full, and so are far smaller ones; else the power of two nearest below it.
  private static func unit(of differences: some Sequence<Double>) -> Double {
    let largest = differences.reduce(0.0) { $1.isFinite ? max($0, abs($1)) : $0 }
    guard largest > 0, !(0x1p-60...0x1p126).contains(largest) else { return 1 }
    // A subnormal unit would not divide exactly.
    return max(largest.binade, 0x1p-1022)
  }
}

extension FloatMatrix {
  /// Columns, each as values of its own. Sixteen at a time: as many as lie side by side in a line of the cache.
  func columns(_ range: Range<Int>) -> [[Float]] {
    withValues { values in
      stride(from: range.lowerBound, to: range.upperBound, by: 16).flatMap { start in
        let end = min(start + 16, range.upperBound)
        var block = (start..<end).map { _ in [Float](repeating: 0, count: rows) }
        for row in 0..<rows { for column in start..<end { block[column - start][row] = values[row * columns + column] } }
        return block
      }
    }
  }
}

extension IntermediateResult {
  /// The columns of the schema that `keys` of this intermediate name, in the order of the keys, each once.
  func schemaColumns(of keys: [IntermediateKey]) -> [Int] {
    var seen = Set<Int>()
    return keys.flatMap { (schema.columns(named: $0.column) ?? []).joined() }.filter { seen.insert($0).inserted }
  }

  /// Where a column of the schema, which was asked for, is in the answer.
  func offset(of column: Int) -> Int {
    var before = 0
    for range in columns {
      if range.contains(column) { return before + column - range.lowerBound }
      before += range.count
    }
    return before
  }
}
