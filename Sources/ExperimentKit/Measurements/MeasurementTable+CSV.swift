import Foundation

extension MeasurementTable {
  /// The table as CSV text: a header line, then one line per measurement.
  package var csv: String {
    var text = CSV.line(parameters + Self.valueColumns)
    for row in rows { text += CSV.line(row.coordinates + [row.metric, row.unit, row.value.description]) }
    return text
  }

  /// Writes `csv` atomically.
  package func write(to file: URL) throws {
    try AtomicFile.write(Array(csv.utf8), to: file)
  }

  /// Reads a table that `write` wrote, strictly.
  ///
  /// Throws: `FileError` when the file cannot be read, `CSVError` naming file and line when its content is not such a table.
  package init(reading file: URL) throws {
    try self.init(bytes: AtomicFile.read(file), file: file.path)
  }

  init(bytes: [UInt8], file: String) throws {
    let records = try CSV.records(of: bytes, file: file)
    guard let header = records.first else { throw CSVError(file: file, line: 1, problem: "the file is empty") }
    guard header.fields.suffix(3) == Self.valueColumns[...] else {
      throw CSVError(
        file: file, line: 1, problem: "the header does not end with metric,unit,value: [\(header.fields.joined(separator: ","))]")
    }
    do {
      try self.init(parameters: header.fields.dropLast(3))
    } catch {
      throw CSVError(file: file, line: 1, problem: "\(error)")
    }
    let width = header.fields.count
    for record in records.dropFirst() {
      guard record.fields.count == width else {
        throw CSVError(file: file, line: record.line, problem: "\(record.fields.count) fields where the header has \(width)")
      }
      let text = record.fields[width - 1]
      guard let value = MeasuredValue(parsing: text) else {
        throw CSVError(file: file, line: record.line, problem: "'\(text)' is not a finite number")
      }
      do {
        let coordinates = Array(record.fields.dropLast(3))
        try append(MeasurementRow(coordinates: coordinates, metric: record.fields[width - 3], unit: record.fields[width - 2], value: value))
      } catch {
        throw CSVError(file: file, line: record.line, problem: "\(error)")
      }
    }
  }
}
