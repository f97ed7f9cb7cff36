/// What every kind of values can do, so that no other file needs to switch over the types for it.
extension Column.Values {
  package var type: ColumnType {
    switch self {
    case .float32: .float32
    case .float64: .float64
    case .int64: .int64
    case .boolean: .boolean
    case .date: .date
    case .timestamp: .timestamp
    case .text: .text
    }
  }

  package var count: Int {
    switch self {
    case .float32(let v): v.count
    case .float64(let v): v.count
    case .int64(let v): v.count
    case .boolean(let v): v.count
    case .date(let v): v.count
    case .timestamp(let v): v.count
    case .text(let v): v.count
    }
  }

  func slice(_ range: Range<Int>) -> Column.Values {
    switch self {
    case .float32(let v): .float32(Array(v[range]))
    case .float64(let v): .float64(Array(v[range]))
    case .int64(let v): .int64(Array(v[range]))
    case .boolean(let v): .boolean(Array(v[range]))
    case .date(let v): .date(Array(v[range]))
    case .timestamp(let v): .timestamp(Array(v[range]))
    case .text(let v): .text(v.slice(range))
    }
  }

  func gather(_ rows: [Int]) -> Column.Values {
    switch self {
    case .float32(let v): .float32(rows.map { v[$0] })
    case .float64(let v): .float64(rows.map { v[$0] })
    case .int64(let v): .int64(rows.map { v[$0] })
    case .boolean(let v): .boolean(rows.map { v[$0] })
    case .date(let v): .date(rows.map { v[$0] })
    case .timestamp(let v): .timestamp(rows.map { v[$0] })
    case .text(let v): .text(v.gather(rows))
    }
  }

  func zeroed(whereMissing validity: Validity) -> Column.Values {
    func zeroed<Value>(_ values: [Value], _ zero: Value) -> [Value] {
      var values = values
      for row in values.indices where !validity[row] { values[row] = zero }
      return values
    }
    switch self {
    case .float32(let v): return .float32(zeroed(v, 0))
    case .float64(let v): return .float64(zeroed(v, 0))
    case .int64(let v): return .int64(zeroed(v, 0))
    case .boolean(let v): return .boolean(zeroed(v, false))
    case .date(let v): return .date(zeroed(v, 0))
    case .timestamp(let v): return .timestamp(zeroed(v, 0))
    case .text(let v):
      if (0..<v.count).allSatisfy({ validity[$0] || v.bytes(at: $0).isEmpty }) { return .text(v) }
      var emptied = TextValues()
      for row in 0..<v.count { emptied.append(utf8: validity[row] ? v.bytes(at: row) : []) }
      return .text(emptied)
    }
  }
}
