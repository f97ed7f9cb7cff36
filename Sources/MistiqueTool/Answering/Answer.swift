import ExperimentKit

/// What a question gives: a table, and facts about it as a whole.
struct Answer {
  /// A number or a text with a name.
  struct Fact {
    enum Value {
      case integer(Int)
      case number(Double)
      case text(String)
    }

    let name: String
    let value: Value

    init(_ name: String, _ value: Int) { (self.name, self.value) = (name, .integer(value)) }
    init(_ name: String, _ value: Double) { (self.name, self.value) = (name, .number(value)) }
    init(_ name: String, _ value: String) { (self.name, self.value) = (name, .text(value)) }

    var text: String {
      switch value {
      case .integer(let value): "\(name) \(value)"
      case .number(let value): "\(name) \(CellText.short(value))"
      case .text(let value): "\(name) \(Output.oneLine(value))"
      }
    }
  }

  /// The command's name.
  let question: String
  /// What it is about: the keys.
  let subject: String
  var facts: [Fact] = []
  var table = AnswerTable()
  /// Tables that only the formats table and json show.
  var further: [(name: String, table: AnswerTable)] = []
  /// Remarks on what is not in the answer, for standard error and under the picture.
  var notes: [String] = []
  /// What the table does not list, for standard error alone.
  var listing: String?
  /// What --plot draws.
  var chart: () throws -> Chart

  init(_ question: String, subject: String, chart: @escaping () throws -> Chart) {
    (self.question, self.subject) = (question, subject)
    self.chart = chart
  }

  func text() -> String {
    var parts = facts.isEmpty ? [] : ["  " + facts.map(\.text).joined(separator: ", ")]
    if !table.columns.isEmpty { parts.append(table.text()) }
    for (name, table) in further { parts.append("  \(name)\n\(table.text())") }
    return parts.joined(separator: "\n\n") + "\n"
  }
}
