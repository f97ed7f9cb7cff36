/// Formats that users mistake for CSV, recognized by the first bytes of a file.
enum FileSignature {
  private static let formats: [(bytes: [UInt8], format: String, advice: String)] = [
    (Array("PK\u{3}\u{4}".utf8), "a ZIP archive (as .zip and .xlsx files are)", "extract the CSV file from it, or save the sheet as CSV"),
    (Array("PK\u{5}\u{6}".utf8), "an empty ZIP archive", "put the CSV file itself in its place"),
    (
      Array("PAR1\u{15}".utf8), "in the format Parquet",
      "write it as CSV, for example with pandas: read_parquet(...).to_csv(..., index=False)"
    ),
    (
      Array("ARROW1\0\0".utf8), "in the format Arrow (Feather)",
      "write it as CSV, for example with pandas: read_feather(...).to_csv(..., index=False)"
    ),
    ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "an old Excel workbook (.xls)", "save the sheet as CSV"),
    (Array("SQLite format 3\0".utf8), "an SQLite database", "export the table as CSV, for example with sqlite3 -header -csv"),
    ([0x89] + Array("HDF\r\n".utf8), "in the format HDF5", "write the table as CSV"),
    (Array("%PDF-".utf8), "a PDF document", "get the table as CSV"),
    (Array("BZh".utf8), "compressed by bzip2", "decompress it, or compress it with gzip"),
    ([0xFD] + Array("7zXZ\0".utf8), "compressed by xz", "decompress it, or compress it with gzip"),
    ([0x28, 0xB5, 0x2F, 0xFD], "compressed by zstd", "decompress it, or compress it with gzip"),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7z archive", "extract the CSV file from it"),
  ]

  static func isGzip(_ head: [UInt8]) -> Bool { head.starts(with: [0x1F, 0x8B]) }

  /// Throws `CSVError.otherFormat` when the contents of a file are no CSV.
  ///
  /// - Parameter isGzipped: whether the decompressed contents are gzip data again.
  static func check(_ head: [UInt8], isGzipped: Bool, file: String) throws {
    if isGzipped { throw CSVError.otherFormat(file: file, format: "compressed by gzip twice", advice: "decompress it once") }
    // A text may begin with BZh too; in a bzip2 file a digit and the digits of pi follow.
    guard let found = formats.first(where: { head.starts(with: $0.bytes) }),
      found.bytes.count != 3 || head.dropFirst(4).starts(with: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
    else { return }
    throw CSVError.otherFormat(file: file, format: found.format, advice: found.advice)
  }
}
