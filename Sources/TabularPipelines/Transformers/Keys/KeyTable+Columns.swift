import Mistique

/// Keys of whole columns.
extension KeyTable {
  /// The number of the key in each row of `column`, which must be of the table's type; -1 where the value is missing, NaN or no key of the table.
  func numbers(of column: Column) -> [Int32] {
    precondition(column.type == type, "a table of keys serves columns of one type")
    return Self.mapped(column, integers: { number(of: $0) ?? -1 }, texts: { number(of: $0) ?? -1 })
  }

  /// As `numbers(of:)`, but a value that is not yet a key becomes one.
  mutating func insert(_ column: Column) -> [Int32] {
    precondition(column.type == type, "a table of keys serves columns of one type")
    var table = self
    defer { self = table }
    // Only one of the two is alive while the loop runs, so that the buffers are not copied.
    self = KeyTable(type: type)
    return Self.mapped(column, integers: { table.insert($0) }, texts: { table.insert($0) })
  }

  /// The numbers of the keys in ascending order of the keys. Complexity: O(keys x log keys).
  var ascendingNumbers: [Int] {
    guard type == .text else { return integers.indices.sorted { integers[$0] < integers[$1] } }
    return (0..<texts.count).sorted { texts.bytes(at: $0).lexicographicallyPrecedes(texts.bytes(at: $1)) }
  }

  /// A table of these keys, numbered in this order.
  func keeping(_ numbers: [Int]) -> KeyTable {
    var kept = KeyTable(type: type)
    for number in numbers {
      if type == .text {
        texts.utf8.withUnsafeBufferPointer {
          _ = kept.insert(UnsafeBufferPointer(rebasing: $0[texts.offsets[number]..<texts.offsets[number + 1]]))
        }
      } else {
        _ = kept.insert(integers[number])
      }
    }
    return kept
  }

  /// A key as the CSV writer would write it: the value of an integer, `true`, `2016-02-29`, `0.5`, or the text itself.
  func text(of number: Int) -> String {
    switch type {
    case .text: texts[number]
    case .int64: String(integers[number])
    case .boolean: integers[number] == 0 ? "false" : "true"
    case .date: CalendarDate(daysSince1970: Int32(integers[number])).text
    case .timestamp: Timestamp(microseconds: integers[number]).text
    case .float64: OrderedBits.double(integers[number]).description
    case .float32: Float(OrderedBits.double(integers[number])).description
    }
  }

  @inline(__always)
  private static func mapped(
    _ column: Column, integers number: (Int64) -> Int32, texts textNumber: (UnsafeBufferPointer<UInt8>) -> Int32
  ) -> [Int32] {
    switch column.values {
    case .int64(let values), .timestamp(let values): return mapped(values, column.validity) { number($0) }
    case .boolean(let values): return mapped(values, column.validity) { number($0 ? 1 : 0) }
    case .date(let values): return mapped(values, column.validity) { number(Int64($0)) }
    case .float64(let values): return mapped(values, column.validity) { $0.isNaN ? -1 : number(OrderedBits.integer($0)) }
    case .float32(let values): return mapped(values, column.validity) { $0.isNaN ? -1 : number(OrderedBits.integer(Double($0))) }
    case .text(let values):
      return values.utf8.withUnsafeBufferPointer { bytes in
        mapped(Array(0..<values.count), column.validity) {
          textNumber(UnsafeBufferPointer(rebasing: bytes[values.offsets[$0]..<values.offsets[$0 + 1]]))
        }
      }
    }
  }

  @inline(__always)
  private static func mapped<Value>(_ values: [Value], _ validity: Validity?, _ number: (Value) -> Int32) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: values.count) { numbers, count in
      if let validity {
        for row in 0..<values.count { numbers[row] = validity[row] ? number(values[row]) : -1 }
      } else {
        for row in 0..<values.count { numbers[row] = number(values[row]) }
      }
      count = values.count
    }
  }
}
