import Groundwork
import TestSupport
import Testing

/// What is written is read, and what cannot be right is an error of the format that it is in.
struct ByteReaderTests {
  private struct Fault: Error, Equatable {
    let fault: ByteFault
  }

  private struct Origin: ByteOrigin {
    func error(_ fault: ByteFault) -> any Error { Fault(fault: fault) }
  }

  private func reader(_ bytes: [UInt8]) -> ByteReader<Origin> { ByteReader(bytes[...], origin: Origin()) }

  @Test("Every kind of value comes back, and then nothing is left")
  func roundTrip() throws {
    var writer = ByteWriter()
    writer.write(UInt8(0xFE))
    writer.write(Int16(-2))
    writer.write(UInt64.max - 1)
    writer.write(-0.0)
    for value in [0, 127, 128, Int(Int32.max)] { writer.writeVariable(value) }
    for value in [0, -1, 1, Int(Int32.max), Int(Int32.min)] { writer.writeSigned(value) }
    writer.write(text: "é👩‍🔬")
    writer.write(bytes: [1, 2, 3])
    var reader = reader(writer.bytes)
    #expect(try reader.read(UInt8.self) == 0xFE && reader.read(Int16.self) == -2 && reader.read(UInt64.self) == .max - 1)
    #expect(try reader.readDouble().bitPattern == (-0.0).bitPattern)
    #expect(try reader.readVariables(4) == [0, 127, 128, Int(Int32.max)])
    #expect(try (0..<5).map { _ in try reader.readSigned() } == [0, -1, 1, Int(Int32.max), Int(Int32.min)])
    #expect(try reader.readText() == "é👩‍🔬" && reader.remaining == 3 && reader.rest == [1, 2, 3])
    #expect(try reader.readBytes(3) == [1, 2, 3])
    try reader.expectEnd()
  }

  @Test("Numbers are little-endian")
  func littleEndian() {
    var writer = ByteWriter()
    writer.write(UInt32(0x0102_0304))
    writer.writeVariable(300)
    #expect(writer.bytes == [4, 3, 2, 1, 0xAC, 0x02])
  }

  @Test("Every fault is reported to the origin, and the reader does not move past the end")
  func faults() {
    func fault(_ bytes: [UInt8], _ read: (inout ByteReader<Origin>) throws -> Void) -> ByteFault? {
      var reader = reader(bytes)
      return #expect(throws: Fault.self) { try read(&reader) }?.fault
    }
    #expect(fault([1, 2, 3]) { _ = try $0.read(UInt32.self) } == .tooShort(expected: 4, left: 3))
    #expect(fault([1]) { _ = try $0.readBytes(-1) } == .tooShort(expected: -1, left: 1))
    #expect(fault([0x80]) { _ = try $0.readVariable() } == .numberMissing)
    #expect(fault([0x80, 0x01]) { _ = try $0.readVariable(limit: 127) } == .numberTooLarge(128, limit: 127))
    #expect(fault([UInt8](repeating: 0x80, count: 10)) { _ = try $0.readVariable() } == .numberWithoutEnd)
    #expect(fault([1, 0xFF]) { _ = try $0.readText() } == .notUTF8)
    #expect(fault([5, 0x61]) { _ = try $0.readText() } == .numberTooLarge(5, limit: 2))
    #expect(fault([1, 2]) { try $0.expectEnd() } == .leftOver(2))
  }

  @Test("Random bytes are read without a trap", arguments: 1...50 as ClosedRange<UInt64>)
  func random(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var reader = reader((0..<random.next() % 40).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    do {
      while true {
        switch random.next() % 4 {
        case 0: _ = try reader.read(Int64.self)
        case 1: _ = try reader.readSigned()
        case 2: _ = try reader.readText()
        default: _ = try reader.readBytes(Int(random.next() % 5))
        }
        if reader.remaining == 0 { return }
      }
    } catch {
      #expect(error is Fault && reader.remaining >= 0)
    }
  }
}
