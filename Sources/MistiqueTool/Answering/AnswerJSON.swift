import Mistique

/// Answers as JSON. NaN and infinities, which JSON has not, are the texts "NaN", "Infinity" and "-Infinity"; a missing value is null.
enum AnswerJSON {
  static func text(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  static func number(_ number: Double) -> String {
    number.isFinite ? "\(number)" : text(number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity")
  }

  static func cell(_ column: Column, _ row: Int) -> String {
    guard column.isPresent(row) else { return "null" }
    switch column.values {
    case .float32(let values): return values[row].isFinite ? "\(values[row])" : number(Double(values[row]))
    case .float64(let values): return number(values[row])
    case .int64(let values): return "\(values[row])"
    case .boolean(let values): return values[row] ? "true" : "false"
    case .date, .timestamp, .text: return text(CellText.exact(column, row)!)
    }
  }

  static func cell(_ cell: Answer.Fact.Value) -> String {
    switch cell {
    case .integer(let value): "\(value)"
    case .number(let value): number(value)
    case .text(let value): text(value)
    }
  }

  /// `"columns": [...], "rows": [[...], ...]`, without braces: names may come twice.
  static func members(_ table: AnswerTable, indent: String) -> String {
    let rows = (0..<table.rows).map { row in
      "\(indent)  [" + table.columns.map { cell($0, row) }.joined(separator: ", ") + "]"
    }
    return "\(indent)\"columns\": [\(table.names.map(text).joined(separator: ", "))],\n\(indent)\"rows\": ["
      + (rows.isEmpty ? "]" : "\n" + rows.joined(separator: ",\n") + "\n\(indent)]")
  }
}

extension Answer {
  /// One object: the question, the facts by name, the table's columns and rows, and further tables by name.
  func json() -> String {
    var members = ["  \"question\": \(AnswerJSON.text(question))"]
    let facts = facts.map { "\(AnswerJSON.text($0.name)): \(AnswerJSON.cell($0.value))" }
    members.append("  \"facts\": {\(facts.joined(separator: ", "))}")
    members.append(AnswerJSON.members(table, indent: "  "))
    members += further.map { "  \(AnswerJSON.text($0.name)): {\n\(AnswerJSON.members($0.table, indent: "    "))\n  }" }
    return "{\n" + members.joined(separator: ",\n") + "\n}\n"
  }
}
