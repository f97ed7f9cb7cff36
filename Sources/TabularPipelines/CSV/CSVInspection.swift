import Foundation
import Mistique

/// What the beginning of a CSV file says before it is read: the names of its columns, and what looks like a mistake although the reader accepts it.
struct CSVInspection {
  let names: [String]
  /// One sentence per problem, with the file's name and what to do.
  let warnings: [String]

  /// Looks at the header and the first records. Throws the `CSVError` that reading the header would throw.
  init(of url: URL, schema: CSVSchema) throws {
    let (source, opening) = try CSVReader(schema: schema).beginning(of: url)
    let names = opening.names
    var plain = schema
    plain.trims = false
    let format = try CSVFormat(plain, file: source.file)
    let window = ByteWindow(source, capacity: CSVReader.pieceByteCount)
    try window.load(0..<CSVReader.pieceByteCount)
    let start = window.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let header = opening.first
    var warnings: [String] = []
    if schema.hasHeader {
      if let data = Self.data(in: header.fields, schema) {
        warnings.append(
          "\(source.file):\(header.line): the header holds \(YAMLText.quoted(data)), which looks like data; if the file has no header, read it with "
            + "header: false, or the first record is lost")
      }
      if !schema.trims, let blank = header.fields.first(where: { !$0.isQuoted && Self.trimmed($0.bytes, format) != $0.bytes }) {
        warnings.append(
          "\(source.file):\(header.line): the header's name \(YAMLText.quoted(String(decoding: blank.bytes, as: UTF8.self))) has blanks around it, which are "
            + "part of the column's name; read the file with trim: true to drop them")
      }
    }
    if schema.hasHeader, let separator = Self.otherSeparator(in: header.fields, format) {
      warnings.append(
        "\(source.file):\(header.line): the header is the name of one column, and \(YAMLText.quoted(separator)) is in it; if that separates columns, read "
          + "the file with separator: \(YAMLText.quoted(separator))")
    }
    if !schema.trims {
      let places = try Self.columnsOfBlanks(window, schema.hasHeader ? header.next : start, format, names, schema)
      if !places.isEmpty {
        warnings.append(
          "\(source.file): blanks around values make the column\(places.count == 1 ? "" : "s") "
            + "\(places.map { YAMLText.quoted(names[$0]) }.joined(separator: ", ")) text; read the file with trim: true to drop them")
      }
    }
    (self.names, self.warnings) = (names, warnings)
  }

  /// The first field of a header that is a number, a date or a time, and no name that the schema knows.
  private static func data(in fields: [CSVRecordScanner.Field], _ schema: CSVSchema) -> String? {
    let known = Set((schema.required + schema.columns).map { ColumnName($0) })
    for field in fields {
      let name = String(decoding: field.bytes, as: UTF8.self)
      if schema.types[name] != nil || known.contains(ColumnName(name)) { continue }
      let isData = field.bytes.withUnsafeBufferPointer { bytes in
        let bytes = CSVFormat.withoutBlanks(bytes, separator: 0)
        let numeral = CSVNumeral(bytes)
        return (numeral != nil && numeral != .word) || CSVFieldParsing.date(bytes) != nil || CSVFieldParsing.timestamp(bytes) != nil
      }
      if isData { return name }
    }
    return nil
  }

  /// What may separate the columns of a file whose header has one field.
  private static func otherSeparator(in fields: [CSVRecordScanner.Field], _ format: CSVFormat) -> String? {
    guard fields.count == 1, !fields[0].isQuoted else { return nil }
    return [";", "\t", "|", ","].first { $0.utf8.first != format.separator && fields[0].bytes.contains($0.utf8.first!) }
  }

  private static func trimmed(_ bytes: [UInt8], _ format: CSVFormat) -> [UInt8] {
    bytes.withUnsafeBufferPointer { Array(CSVFormat.withoutBlanks($0, separator: format.separator)) }
  }

  /// Places of the columns that are inferred as texts only because of blanks around their first values.
  private static func columnsOfBlanks(
    _ window: ByteWindow, _ start: Int, _ format: CSVFormat, _ names: [String], _ schema: CSVSchema
  ) throws -> [Int] {
    var asTheyAre = CSVTypeInference(columnCount: names.count)
    var trimmed = CSVTypeInference(columnCount: names.count)
    try CSVOpening.forEachSampleRecord(window, from: start, format) { record in
      asTheyAre.observe(record, format)
      trimmed.observe(
        record.map { $0.isQuoted ? $0 : CSVRecordScanner.Field(bytes: Self.trimmed($0.bytes, format), isQuoted: false) }, format)
    }
    return names.indices.filter { place in
      schema.types[names[place]] == nil && asTheyAre.guesses[place].type == .text && trimmed.guesses[place].type != .text
    }
  }
}
