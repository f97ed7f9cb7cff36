import Groundwork
import Mistique
import Testing

@testable import TabularPipelines

struct KeyTableTests {
  @Test("Numbers are those of a dictionary, while the table grows", arguments: [1, 7, 20_000])
  func asDictionary(distinct: Int) {
    let keys = (0..<30_000 as Range<UInt64>).map { row in
      var random = SplitMix64(seed: 3, stream: 0, index: row)
      return Int64(bitPattern: random.next()) % Int64(distinct) &* 0x1_0000_0001
    }
    var model: [Int64: Int32] = [:]
    let expected = keys.map { key -> Int32 in
      if model[key] == nil { model[key] = Int32(model.count) }
      return model[key]!
    }
    var integers = KeyTable(type: .int64)
    #expect(integers.insert(Column(.int64(keys))) == expected)
    #expect(integers.numbers(of: Column(.int64(keys))) == expected)
    #expect(integers.numbers(of: Column(.int64([Int64.max, Int64.min]))) == [-1, -1])
    let words = Column(.text(TextValues(keys.map { "\($0) 🏠" })))
    var texts = KeyTable(type: .text)
    #expect(texts.insert(words) == expected)
    #expect(texts.numbers(of: words) == expected)
    #expect(texts.numbers(of: Column(.text(TextValues(["", "x 🏠"])))) == [-1, -1])
    #expect(integers.ascendingNumbers.map { integers.integers[$0] } == model.keys.sorted())
  }

  @Test("Texts of every length up to three words of memory are told apart, also by trailing zeros")
  func textLengths() {
    let texts = (0...24).flatMap { length in
      ["a", "\0"].map { String(repeating: $0, count: length) } + [String(repeating: "a", count: length) + "\0"]
    }
    var table = KeyTable(type: .text)
    let numbers = table.insert(Column(.text(TextValues(texts))))
    #expect(table.count == Set(texts).count)
    for (number, text) in zip(numbers, texts) { #expect(table.text(of: Int(number)) == text) }
  }

  @Test("Bytes that are not UTF-8 are keys of their own")
  func notUTF8() throws {
    let column = Column(.text(TextValues(offsets: [0, 1, 2, 3], utf8: [0xFF, 0xFE, 0xFF])))
    var table = KeyTable(type: .text)
    #expect(table.insert(column) == [0, 1, 0])
    var writer = ByteWriter()
    table.keeping(table.ascendingNumbers).write(to: &writer)
    var reader = ByteReader(writer.bytes[...])
    #expect(try KeyTable(from: &reader).numbers(of: column) == [1, 0, 1])
  }

  @Test("Keys in a state that do not ascend or that their type does not have are refused")
  func wrongKeys() {
    func read(_ type: ColumnType, _ keys: [Int64]) throws -> KeyTable {
      var writer = ByteWriter()
      writer.write(type.rawValue)
      writer.write(UInt32(keys.count))
      for key in keys { writer.write(key) }
      var reader = ByteReader(writer.bytes[...])
      return try KeyTable(from: &reader)
    }
    #expect(throws: FittedStateError.malformed("keys do not ascend")) { try read(.int64, [2, 2]) }
    #expect(throws: FittedStateError.malformed("keys do not ascend")) { try read(.int64, [2, -1]) }
    #expect(throws: FittedStateError.malformed("2 is not a key of type boolean")) { try read(.boolean, [0, 2]) }
    #expect(throws: FittedStateError.self) { try read(.date, [1 << 40]) }
    #expect(throws: FittedStateError.self) { try read(.float64, [OrderedBits.integer(.infinity) + 1]) }
    #expect(throws: FittedStateError.self) { try read(.float32, [OrderedBits.integer(0.1)]) }
  }
}
