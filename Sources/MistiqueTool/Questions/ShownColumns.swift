import ArgumentParser
import Mistique

/// Further columns of the rows that an answer names, such as the predictions for the nearest rows.
struct ShownColumns: ParsableArguments {
  @Option(
    name: .customLong("show"),
    help: ArgumentHelp(
      "A further column of the rows in the answer, by key; may be given several times. Of a neuron's map it shows what --map says, or its mean.",
      valueName: "key"))
  var keys: [String] = []

  /// Adds the columns to a table whose rows are these; a row that an intermediate has not is missing.
  ///
  /// - Parameters:
  ///   - asked: what the answer is about.
  ///   - map: what is shown of a neuron's map.
  func add(to table: inout AnswerTable, of asked: [IntermediateKey], rowIDs: [Int64], map: MapChoice = .mean, from store: AskedStore) throws
  {
    for key in try keys.map({ try IntermediateKey($0) }) {
      if AskedStore.intermediates(asked + [key]).count > 1 { try store.requireSharedRows(asked + [key], areNamed: true) }
      let answer = try fetch(key, rowIDs, store)
      let places = Dictionary(uniqueKeysWithValues: answer.rowIDs.enumerated().map { ($1, $0) })
      let rows = RowList(rowIDs.map { places[$0] ?? -1 })
      for column in answer.columns(map).all {
        // Of two columns with one name, the second goes by its key.
        table.add(table.names.contains(column.name) ? column.key : column.name, column.values.gather(rows))
      }
    }
  }

  /// These rows alone, or all where some of these are not there.
  private func fetch(_ key: IntermediateKey, _ rowIDs: [Int64], _ store: AskedStore) throws -> AskedAnswer {
    do {
      return try AskedAnswer([key], try store.fetch([key], rows: .ids(rowIDs)))
    } catch let error as StoreError where error.code == .missingRow {
      return try AskedAnswer([key], try store.fetch([key], rows: .all))
    }
  }
}

/// How many of something an answer lists.
enum ListLength {
  static func check(_ count: Int, _ option: String = "--k") throws {
    guard count > 0 else { throw ValidationError("\(option) \(count): give a number of 1 or more.") }
  }

  /// A remark on what was left out; `nil` when nothing was.
  static func note(_ shown: Int, of all: Int, _ what: String) -> String? {
    shown < all ? "\(Output.grouped(shown)) of \(Output.grouped(all)) \(what) are listed; --k lists more." : nil
  }
}
