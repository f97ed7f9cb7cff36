import Groundwork
import MistiqueStorage

extension OpenStore {
  /// Runs `body` with a hold of the readers' lock, so that nothing that it looks up is given up before it has been read.
  func whileReading<Value>(_ body: (ReadersLock.Hold) throws -> Value) throws -> Value {
    let hold = try readers.shared()
    return try withExtendedLifetime(hold) { try StandardArithmetic.running { try body(hold) } }
  }

  /// What `keys` ask for, those of one intermediate together, in the order in which the keys first name them.
  func questions(_ keys: [IntermediateKey], rows: RowRequest) throws -> [Question] {
    var order: [IntermediateKey] = []
    var columns: [IntermediateKey: [String]] = [:]
    for key in keys {
      let group = key.ofIntermediate
      if columns[group] == nil { order.append(group) }
      columns[group, default: []].append(key.column)
    }
    return try order.map { try question($0, columns: columns[$0]!, rows: rows) }
  }

  /// What one key asks for.
  func question(_ key: IntermediateKey, rows: RowRequest) throws -> Question { try question(key, columns: [key.column], rows: rows) }

  private func question(_ key: IntermediateKey, columns: [String], rows: RowRequest) throws -> Question {
    guard store.options.keepsPartitions else {
      throw StoreError(
        .measuredOnly, "the store only counts what would be stored: there is nothing to read or to re-run from",
        at: "\(key.ofIntermediate)",
        remedy: "Log the model into a store that keeps its partitions.")
    }
    let found = try catalog.lookUp(key.model, key.intermediate)
    if let model = found.model, let intermediate = found.intermediate {
      return Question(model: model, intermediate: intermediate, columnNames: columns, rows: rows)
    }
    let names = try catalog.intermediates(of: try model(key.model)).map(\.name)
    throw StoreError(
      .notFound, "there is no intermediate \"\(key.intermediate)\"", at: "\(key.model)",
      remedy: "There are: \(names.joined(separator: ", ")).")
  }
}
