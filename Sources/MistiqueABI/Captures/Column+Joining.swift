import Mistique

extension Column {
  /// Columns of one type as one, one after the other. Complexity: O(rows).
  static func joined(_ parts: [Column]) -> Column {
    precondition(!parts.isEmpty, "no parts have no type")
    guard parts.count > 1 else { return parts[0] }
    let values: Values
    switch parts[0].values {
    case .float32: values = .float32(all(parts) { if case .float32(let v) = $0 { return v } else { return nil } })
    case .float64: values = .float64(all(parts) { if case .float64(let v) = $0 { return v } else { return nil } })
    case .int64: values = .int64(all(parts) { if case .int64(let v) = $0 { return v } else { return nil } })
    case .boolean: values = .boolean(all(parts) { if case .boolean(let v) = $0 { return v } else { return nil } })
    case .date: values = .date(all(parts) { if case .date(let v) = $0 { return v } else { return nil } })
    case .timestamp: values = .timestamp(all(parts) { if case .timestamp(let v) = $0 { return v } else { return nil } })
    case .text:
      var texts = TextValues()
      for part in parts {
        guard case .text(let values) = part.values else { continue }
        for row in 0..<values.count { texts.append(utf8: values.bytes(at: row)) }
      }
      values = .text(texts)
    }
    guard parts.contains(where: { $0.validity != nil }) else { return Column(values) }
    var validity = Validity(count: 0, present: true)
    for part in parts { validity.append(contentsOf: part.validity ?? Validity(count: part.count, present: true)) }
    return Column(values, validity: validity)
  }

  private static func all<Value>(_ parts: [Column], _ values: (Values) -> [Value]?) -> [Value] {
    parts.flatMap { values($0.values) ?? [] }
  }
}

extension DataFrame {
  /// Frames of the same columns as one, one after the other.
  static func joined(_ parts: [DataFrame]) -> DataFrame {
    precondition(!parts.isEmpty, "no parts have no columns")
    return DataFrame(
      rowIDs: RowIDs.joined(parts.map(\.rowIDs)),
      columns: parts[0].names.enumerated().map { place, name in (name, Column.joined(parts.map { $0.columns[place] })) })
  }

  /// Bytes of the values, text by its characters.
  var valueBytes: Int { columns.reduce(0) { $0 + $1.approximateBytes } }

  /// Whether both have the same columns, of the same types and in the same order.
  func hasColumns(of other: DataFrame) -> Bool {
    names.count == other.names.count && zip(names, other.names).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
      && zip(columns, other.columns).allSatisfy { $0.type == $1.type }
  }
}
