/// One measurement: where it was taken, what was measured, in which unit, and the number.
package struct MeasurementRow: Sendable, Hashable {
  /// The parameter values, in the order of the table's `parameters`.
  package let coordinates: [String]
  /// What was measured, quantity and unit in the name: `readSeconds`, `storedBytes`.
  package let metric: String
  /// The unit as printed on an axis: `s`, `bytes`, `1` for a pure number.
  package let unit: String
  package let value: MeasuredValue
}

/// Measurements in tidy form: the parameter columns, then `metric`, `unit`, `value`; one measurement per row.
///
/// Owns the rule that a row is complete: every parameter has a value, the number is finite, and no measurement is there twice.
/// Never fills in, averages or rounds a number; a cell that was not measured is absent, and asking for it is an error.
package struct MeasurementTable: Sendable, Equatable {
  /// Values by parameter name. Anything that prints is a value: `["policy": "DEDUP", "layer": 11]`.
  package typealias Parameters = [String: any CustomStringConvertible]

  /// The parameter every table of a run ends with; raw repetitions are kept, counted from 1.
  package static let repetition = "repetition"
  static let valueColumns = ["metric", "unit", "value"]

  /// The parameter columns, in order.
  package let parameters: [String]
  /// The measurements, in the order they were taken.
  package private(set) var rows: [MeasurementRow] = []
  private var places: Set<[String]> = []

  /// An empty table with these parameter columns.
  ///
  /// Throws: `MeasurementError.badColumns` when a name is empty, repeated, or one of `metric`, `unit`, `value`.
  package init(parameters: [String]) throws {
    var seen = Set(Self.valueColumns)
    for name in parameters {
      guard !name.isEmpty, seen.insert(name).inserted else { throw MeasurementError.badColumns(name, all: parameters) }
    }
    self.parameters = parameters
  }

  /// Adds one measurement.
  ///
  /// Throws: `MeasurementError` when a parameter is missing, unknown or empty, the number is NaN or infinite, or the row is there already.
  package mutating func append(_ metric: String, _ value: some Measurable, unit: String, at parameters: Parameters) throws {
    if let unknown = parameters.keys.sorted().first(where: { !self.parameters.contains($0) }) {
      throw MeasurementError.unknownParameter(unknown, all: self.parameters)
    }
    let coordinates = try self.parameters.map { name in
      guard let text = parameters[name]?.description, !text.isEmpty else {
        throw MeasurementError.missingParameter(name, metric: metric)
      }
      return text
    }
    try append(MeasurementRow(coordinates: coordinates, metric: metric, unit: unit, value: value.measured))
  }

  /// Adds a row whose coordinates already follow this table's `parameters`.
  mutating func append(_ row: MeasurementRow) throws {
    precondition(row.coordinates.count == parameters.count, "a row needs one value per parameter column")
    if let empty = zip(parameters, row.coordinates).first(where: { $0.1.isEmpty }) {
      throw MeasurementError.missingParameter(empty.0, metric: row.metric)
    }
    guard !row.metric.isEmpty, !row.unit.isEmpty else { throw MeasurementError.unnamedMetric(metric: row.metric, unit: row.unit) }
    guard row.value.isFinite else { throw MeasurementError.notFinite(row.metric, at: place(of: row), value: row.value.description) }
    guard places.insert(row.coordinates + [row.metric]).inserted else {
      throw MeasurementError.duplicate(row.metric, at: place(of: row))
    }
    rows.append(row)
  }

  /// The same measurements with other numbers, by each row and its place.
  func withValues(_ value: (Int, MeasurementRow) -> MeasuredValue) -> MeasurementTable {
    var other = self
    other.rows = rows.enumerated().map { place, row in
      MeasurementRow(coordinates: row.coordinates, metric: row.metric, unit: row.unit, value: value(place, row))
    }
    return other
  }

  /// Takes back the rows after the first `count`.
  mutating func truncate(to count: Int) {
    for row in rows[count...] { places.remove(row.coordinates + [row.metric]) }
    rows.removeLast(rows.count - count)
  }

  /// The row's parameters as `name=value` text, for messages.
  func place(of row: MeasurementRow) -> String {
    zip(parameters, row.coordinates).map { "\($0)=\($1)" }.joined(separator: " ")
  }

  /// The value of one parameter in one row. Trap: `name` must be one of `parameters`.
  func coordinate(_ name: String, of row: MeasurementRow) -> String {
    guard let index = parameters.firstIndex(of: name) else { preconditionFailure("no parameter column \(name)") }
    return row.coordinates[index]
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.parameters == right.parameters && left.rows == right.rows
  }
}

/// Why a measurement was not accepted, or not found.
package enum MeasurementError: Error, Equatable, CustomStringConvertible {
  case badColumns(String, all: [String])
  case unknownParameter(String, all: [String])
  case missingParameter(String, metric: String)
  case unnamedMetric(metric: String, unit: String)
  case notFinite(String, at: String, value: String)
  case duplicate(String, at: String)
  case absent(String, at: String, present: [String])
  case ambiguous(String, at: String, matches: [String])
  case notWhole(String, at: String, value: String)

  package var description: String {
    switch self {
    case .badColumns(let name, let all):
      "Parameter column '\(name)' of [\(all.joined(separator: ", "))] cannot be used: names must be non-empty, distinct and none of "
        + "\(MeasurementTable.valueColumns.joined(separator: ", ")). Rename it where the experiment lists its parameters."
    case .unknownParameter(let name, let all):
      "The table has no parameter '\(name)'; it has [\(all.joined(separator: ", "))]. "
        + "Declare it in the experiment's parameters or correct the name."
    case .missingParameter(let name, let metric):
      "A measurement of '\(metric)' gives no value for parameter '\(name)'. Give one; write 'none' where the parameter does not apply."
    case .unnamedMetric(let metric, let unit):
      "A measurement has metric '\(metric)' and unit '\(unit)'; neither may be empty. Use the unit '1' for a pure number."
    case .notFinite(let metric, let place, let value):
      "'\(metric)' at \(place) is \(value). Only finite numbers are recorded: find where the measurement divides by zero or overflows."
    case .notWhole(let metric, let place, let value):
      "'\(metric)' at \(place) is \(value), and it counts things. The rows are damaged: restore them, or run the experiment again."
    case .duplicate(let metric, let place):
      "'\(metric)' at \(place) was recorded twice. Add the parameter that tells the two apart, or a repetition number."
    case .absent(let metric, let place, let present):
      "No measurement of '\(metric)' at \(place). "
        + (present.isEmpty
          ? "The table holds none of this metric at all; check its name." : "There is: \(present.prefix(8).joined(separator: "; ")).")
    case .ambiguous(let metric, let place, let matches):
      "\(matches.count) measurements of '\(metric)' match \(place): \(matches.prefix(4).joined(separator: "; ")). "
        + "Name the parameter that tells them apart."
    }
  }
}
