import CZlib
import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

struct CSVGzipTests {
  private let folder = TemporaryDirectory()
  private var url: URL { folder.url.appendingPathComponent("a.csv.gz") }

  private static func gzip(_ text: String) -> [UInt8] { gzip(Array(text.utf8)) }

  private static func gzip(_ input: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(input.count))) + 64)
    let capacity = output.count
    input.withUnsafeBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(capacity)
        deflate(&stream, Z_FINISH)
      }
    }
    return Array(output.prefix(Int(stream.total_out)))
  }

  @Test("UTF-16 that is looked at up to some byte of its contents may be cut within a character", arguments: 524_280..<524_292)
  func cutCharacters(before: Int) throws {
    let text = String(repeating: "a", count: before - 2) + "\n\n" + String(repeating: "\u{1F6B2}", count: 40_000) + "\n"
    let bytes = ([0xFEFF] + Array(text.utf16)).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    try Data(Self.gzip(bytes)).write(to: url)
    let source = try ByteSource(url, encoding: .utf16, atMost: 1 << 20)
    #expect(source.isCut && source.byteCount > 500_000)
    #expect(try ByteSource(url, encoding: .utf16).byteCount == text.utf8.count)
  }

  private func read(_ bytes: [UInt8]) throws -> DataFrame {
    try Data(bytes).write(to: url)
    return try CSVReader(schema: .inferred, pieceByteCount: 4_096, threadCount: 2).read(url).frame
  }

  private func message(_ bytes: [UInt8]) throws -> String {
    let error = try #require(throws: CSVError.self) { try read(bytes) }
    return error.description.replacingOccurrences(of: url.path, with: "")
  }

  @Test("A file of gzip is read as its contents, told by its bytes and not by its name")
  func contents() throws {
    let text = "id,t\n" + (0..<50_000).map { "\($0),text \($0 % 97)\n" }.joined()
    let plain = try CSVReader().read(folder.file("plain.csv", text)).frame
    #expect(try read(Self.gzip(text)).isIdentical(to: plain))
    try Data(Self.gzip(text)).write(to: folder.url.appendingPathComponent("b.csv"))
    #expect(try CSVReader().read(folder.url.appendingPathComponent("b.csv")).frame.isIdentical(to: plain))
    try Data(text.utf8).write(to: url)
    #expect(try CSVReader().read(url).frame.isIdentical(to: plain))
    #expect(try CSVReader().columnNames(of: url) == ["id", "t"])
  }

  @Test("Members one behind the other are one text, and zeros behind them do not count")
  func members() throws {
    let parts = ["id,t\n1,a", "b\n", "", "2,c\n"]
    let bytes = parts.flatMap(Self.gzip)
    for padding in [0, 1, 600] {
      #expect(try read(bytes + [UInt8](repeating: 0, count: padding))["t"]!.goldenTexts == ["ab", "c"])
    }
  }

  @Test("Every cut, and every changed bit that zlib can notice, is an error with the file's name, and never other values")
  func damage() throws {
    let text = "id,t\n" + (0..<40).map { "\($0),\($0 * $0)\n" }.joined()
    let bytes = Self.gzip(text)
    let whole = try read(bytes)
    for count in 2..<bytes.count {
      #expect(try message(Array(bytes.prefix(count))).hasPrefix(": the gzip data are cut short after \(count) bytes"), "\(count)")
    }
    for bit in 16..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      // Bits of the header's time and those that fill up the last byte change no contents.
      if let frame = try? read(changed) {
        #expect(frame.isIdentical(to: whole), "bit \(bit)")
      } else {
        #expect(try message(changed).hasPrefix(": the gzip data are "), "bit \(bit)")
      }
    }
    #expect(
      try message(bytes + Array("a,b\n".utf8))
        == ": the gzip data are followed by other bytes; copy or download the file again, or decompress it")
  }

  @Test("The header alone is decompressed to see the names, and a header that is longer is read whole")
  func headers() throws {
    let rows = String(repeating: "1,2\n", count: 2 << 20)
    try Data(Self.gzip("a,b\n" + rows)).write(to: url)
    #expect(try CSVReader().columnNames(of: url) == ["a", "b"])
    let source = try ByteSource(url, atMost: 1 << 20)
    #expect(source.isCut && source.byteCount < 3 << 20)
    let name = String(repeating: "x", count: 3 << 20)
    try Data(Self.gzip("a,\(name)\n" + rows)).write(to: url)
    #expect(try CSVReader().columnNames(of: url) == ["a", name])
  }

  @Test("Contents in another encoding are converted, and a second compression is reported")
  func nested() throws {
    let bytes = Self.gzip("a,b\n1,2\n")
    try Data(Self.gzipBytes(bytes)).write(to: url)
    let error = try #require(throws: CSVError.self) { try CSVReader().read(url) }
    #expect(error.description.contains("the file is compressed by gzip twice"))
  }

  private static func gzipBytes(_ bytes: [UInt8]) -> [UInt8] {
    // Stored, not deflated: a block of literal bytes, with the checksum that zlib computes.
    let length = UInt16(bytes.count)
    let checksum = UInt32(crc32(0, bytes, UInt32(bytes.count)))
    let size = UInt32(bytes.count)
    func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(length) + little(~length) + bytes + little(checksum) + little(size)
  }
}
