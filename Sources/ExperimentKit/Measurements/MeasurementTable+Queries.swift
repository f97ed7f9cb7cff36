extension MeasurementTable {
  /// The rows of `metric` whose parameters have these values, as a table of the same columns. May be empty.
  package func filter(_ metric: String? = nil, where parameters: Parameters = [:]) throws -> MeasurementTable {
    let wanted = try positions(of: parameters)
    var result = try MeasurementTable(parameters: self.parameters)
    for row in rows where metric == nil || row.metric == metric {
      if wanted.allSatisfy({ row.coordinates[$0.index] == $0.text }) { try result.append(row) }
    }
    return result
  }

  /// The one value of `metric` at these parameters.
  ///
  /// Throws: `MeasurementError.absent` or `.ambiguous`, with what is there instead.
  package func measured(_ metric: String, where parameters: Parameters = [:]) throws -> MeasuredValue {
    let found = try filter(metric, where: parameters)
    guard let first = found.rows.first else { throw absence(of: metric, where: parameters) }
    guard found.rows.count == 1 else {
      throw MeasurementError.ambiguous(metric, at: Self.text(parameters), matches: found.rows.map(place))
    }
    return first.value
  }

  /// The one value of `metric` at these parameters, for arithmetic. Throws as `measured` does.
  package func value(_ metric: String, where parameters: Parameters = [:]) throws -> Double {
    try measured(metric, where: parameters).double
  }

  /// Whether `metric` has a row at these parameters: runs of before lack what is measured since.
  package func has(_ metric: String, where parameters: Parameters = [:]) throws -> Bool {
    try !filter(metric, where: parameters).rows.isEmpty
  }

  /// As `value`, and nil where `has` finds none.
  package func valueIfAny(_ metric: String, where parameters: Parameters = [:]) throws -> Double? {
    try has(metric, where: parameters) ? value(metric, where: parameters) : nil
  }

  /// The one value of a `metric` that counts things. Throws as `measured` does, and `MeasurementError.notWhole`.
  package func count(_ metric: String, where parameters: Parameters = [:]) throws -> Int {
    guard case .integer(let number) = try measured(metric, where: parameters), let count = Int(exactly: number), count >= 0 else {
      throw MeasurementError.notWhole(metric, at: Self.text(parameters), value: try measured(metric, where: parameters).description)
    }
    return count
  }

  /// All repetitions of one measurement, in order.
  ///
  /// Throws: `MeasurementError.absent`, or `.ambiguous` when the matches differ in more than the repetition.
  package func repetitions(_ metric: String, where parameters: Parameters = [:]) throws -> [MeasuredValue] {
    let found = try filter(metric, where: parameters)
    guard !found.rows.isEmpty else { throw absence(of: metric, where: parameters) }
    let places = found.rows.map { found.coordinatesWithoutRepetition(of: $0) }
    guard places.allSatisfy({ $0 == places[0] }) else {
      throw MeasurementError.ambiguous(metric, at: Self.text(parameters), matches: found.rows.map(place))
    }
    return found.rows.map(\.value)
  }

  /// The median over the repetitions of one measurement. Throws as `repetitions` does.
  package func median(_ metric: String, where parameters: Parameters = [:]) throws -> Double {
    try Timings.median(of: repetitions(metric, where: parameters).map(\.double))
  }

  /// The distinct values of a parameter, in order of first appearance, over the rows that match.
  package func values(of parameter: String, where parameters: Parameters = [:]) throws -> [String] {
    guard let index = self.parameters.firstIndex(of: parameter) else {
      throw MeasurementError.unknownParameter(parameter, all: self.parameters)
    }
    var seen: Set<String> = []
    return try filter(where: parameters).rows.map { $0.coordinates[index] }.filter { seen.insert($0).inserted }
  }

  /// The distinct metrics, in order of first appearance.
  package var metrics: [String] {
    var seen: Set<String> = []
    return rows.map(\.metric).filter { seen.insert($0).inserted }
  }

  /// The values of a metric as a matrix, in which every cell was measured once.
  ///
  /// - Parameters:
  ///   - rows: the parameter that tells the rows, in the order in which its values come first.
  ///   - columns: that of the columns, alike.
  ///   - parameters: those of the cells that are meant.
  /// - Throws: `MeasurementError` when there are none, when a cell is missing, and when there are two of one: rows that were cut would else move the others.
  package func matrix(_ metric: String, rows: String, columns: String, where parameters: Parameters = [:]) throws -> [[Double]] {
    let table = try filter(metric, where: parameters)
    let (rowNames, columnNames) = (try table.values(of: rows), try table.values(of: columns))
    guard !rowNames.isEmpty else { throw absence(of: metric, where: parameters) }
    var cells: [[String]: Double] = [:]
    for row in table.rows {
      let place = [table.coordinate(rows, of: row), table.coordinate(columns, of: row)]
      guard cells.updateValue(row.value.double, forKey: place) == nil else {
        throw MeasurementError.ambiguous(metric, at: "\(rows)=\(place[0]) \(columns)=\(place[1])", matches: [])
      }
    }
    return try rowNames.map { row in
      try columnNames.map { column in
        guard let value = cells[[row, column]] else {
          throw MeasurementError.absent(metric, at: "\(rows)=\(row) \(columns)=\(column)", present: [])
        }
        return value
      }
    }
  }

  func coordinatesWithoutRepetition(of row: MeasurementRow) -> [String] {
    guard let index = parameters.firstIndex(of: Self.repetition) else { return row.coordinates }
    var coordinates = row.coordinates
    coordinates.remove(at: index)
    return coordinates
  }

  private func absence(of metric: String, where parameters: Parameters) -> MeasurementError {
    .absent(metric, at: Self.text(parameters), present: rows.filter { $0.metric == metric }.map(place))
  }

  private func positions(of parameters: Parameters) throws -> [(index: Int, text: String)] {
    try parameters.map { name, value in
      guard let index = self.parameters.firstIndex(of: name) else {
        throw MeasurementError.unknownParameter(name, all: self.parameters)
      }
      return (index, value.description)
    }
  }

  private static func text(_ parameters: Parameters) -> String {
    let pairs = parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return pairs.isEmpty ? "any parameters" : pairs.joined(separator: " ")
  }
}
