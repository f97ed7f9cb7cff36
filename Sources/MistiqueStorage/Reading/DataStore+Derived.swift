/// Columns that are not stored and whose rows were picked alike: they are read together, because their sources lie side by side in the frames
/// that hold them.
struct DerivedRead: Sendable {
  var members: [(column: Int, derived: DerivedColumn)]
  /// For each operation that picks rows, the places in what came before it; none where all rows are taken as they are.
  let places: [RowList]
  /// Of each member its source, then what is added to it.
  let source: ReadPlan
}

/// Reading columns that are not stored: their sources' rows are read and the operations repeated.
extension DataStore {
  private struct Group {
    /// The operations that pick rows, in their order.
    var lists: [ChunkReference] = []
    var members: [(column: Int, derived: DerivedColumn)] = []
  }

  /// Those of `columns` that are derived, by their place in the schema.
  func derivedColumns(_ manifest: IntermediateManifest, _ columns: [Int]) throws -> [Int: DerivedColumn] {
    guard case .columns = manifest.schema else { return [:] }
    var found: [Int: DerivedColumn] = [:]
    for column in columns {
      guard case .derived(let derived) = try columnRecord(manifest.spans[column]) else { continue }
      guard derived.type == manifest.schema.spans[column].type, derived.rows == manifest.rows else {
        throw StoreError.corrupt(
          "a derived column is of \(derived.rows) \(derived.type), the intermediate of \(manifest.rows) \(manifest.schema.spans[column].type)",
          at: directory)
      }
      // Rows change where they are picked, and nowhere else.
      let sourceRows = try columnManifest(derived.source).rows
      guard !derived.lists.isEmpty || sourceRows == derived.rows else {
        throw StoreError.corrupt("a derived column of \(derived.rows) rows comes from one of \(sourceRows)", at: directory)
      }
      found[column] = derived
    }
    return found
  }

  /// How the columns in `derived` are read. Lists of rows are read for it, once: they are kept.
  func derivedReads(_ derived: [Int: DerivedColumn], rows: RowSelection) throws -> [DerivedRead] {
    try groups(derived).map { group in
      let picked = try picked(group, rows: rows)
      let source = try source(of: group)
      let plan = try plan(
        source, columns: [0..<source.schema.columnCount], rows: picked.selection, rowIDs: .consecutive(from: 0))
      return DerivedRead(members: group.members, places: picked.places, source: plan)
    }
  }

  /// The columns of a group by their place in the schema.
  func readDerived(_ read: DerivedRead, counters: ReadCounters) throws -> [Int: Column] {
    var columns: [Int: Column] = [:]
    var sources = try readColumns(read.source, counters: counters)[...]
    for member in read.members {
      try counters.check()
      let own = sources.prefix(1 + member.derived.differences.count)
      sources = sources.dropFirst(own.count)
      columns[member.column] = try repeated(member.derived, on: own.first!, adding: own.dropFirst(), read.places)
    }
    return columns
  }

  private func groups(_ derived: [Int: DerivedColumn]) throws -> [Group] {
    struct Key: Hashable {
      let lists: [ChunkReference]
      let sourceRows: Int
    }
    var groups: [Key: Group] = [:]
    var order: [Key] = []
    for (column, derived) in derived.sorted(by: { $0.key < $1.key }) {
      let key = Key(lists: derived.lists, sourceRows: try columnManifest(derived.source).rows)
      if groups[key] == nil { order.append(key) }
      groups[key, default: Group(lists: key.lists)].members.append((column, derived))
    }
    return order.map { groups[$0]! }
  }

  /// The stored columns of a group as an intermediate: of each member its source, then what is added to it.
  private func source(of group: Group) throws -> IntermediateManifest {
    let references = group.members.flatMap { [$0.derived.source] + $0.derived.differences }
    let manifests = try references.map { try columnManifest($0) }
    let types = group.members.flatMap { [$0.derived.type] + $0.derived.differences.map { _ in .int64 } }
    guard let first = manifests.first, zip(manifests, types).allSatisfy({ $0.type == $1 && $0.width == 1 && $0.rows == first.rows }) else {
      throw StoreError.corrupt("a derived column does not fit what it is derived from", at: directory)
    }
    return IntermediateManifest(
      schema: .columns(types.enumerated().map { .init(name: "\($0)", type: $1) }), rows: first.rows, rowsPerBlock: first.rowsPerBlock,
      rowIDs: .range(start: 0), spans: references)
  }

  /// Which rows of its source a group needs, and how they become the rows that are asked for.
  private typealias Picked = (selection: RowSelection, places: [RowList])

  private func picked(_ group: Group, rows: RowSelection) throws -> Picked {
    guard !group.lists.isEmpty else { return (rows, []) }
    var picked: Picked = (.all, [])
    let counts = group.members[0].derived.operations.compactMap { if case .rows(_, let count) = $0 { count } else { nil } }
    guard case .positions(var wanted) = rows else {
      // All frames of the source are needed, or nearly: its rows are picked as they were when the column was made.
      picked.places = try zip(group.lists, counts).map { try rowList($0, count: $1) }
      return picked
    }
    // From the last list, which picks the asked rows, to the first, which picks from the source.
    for place in group.lists.indices.reversed() {
      let list = try rowList(group.lists[place], count: counts[place]).rows
      guard wanted.last ?? -1 < list.count else {
        throw StoreError.corrupt("a list of rows names row \(wanted.last ?? 0) of \(list.count)", at: directory)
      }
      let before = wanted.map { list[$0] }
      let needed = Array(Set(before)).filter { $0 >= 0 }.sorted()
      picked.places.insert(RowList(Self.places(of: before, in: needed)), at: 0)
      wanted = needed
    }
    let source = try columnManifest(group.members[0].derived.source).rows
    guard wanted.last ?? -1 < source else {
      throw StoreError.corrupt("a list of rows names row \(wanted.last ?? 0) of a column of \(source)", at: directory)
    }
    picked.selection = .positions(wanted)
    return picked
  }

  private func rowList(_ reference: ChunkReference, count: Int) throws -> RowList {
    let list = try rowList(reference) {
      // A list that is derived might be derived by itself.
      _ = try columnManifest(reference)
      let column = IntermediateManifest(
        schema: .columns([.init(name: "rows", type: .int64)]), rows: count, rowsPerBlock: 1, rowIDs: .range(start: 0), spans: [reference])
      let plan = try plan(column, columns: [0..<1], rows: .all, rowIDs: .consecutive(from: 0))
      guard case .int64(let rows) = try readColumns(plan, counters: ReadCounters())[0].values else {
        preconditionFailure("checked against the schema")
      }
      guard rows.allSatisfy({ $0 >= -1 }) else { throw StoreError.corrupt("a list of rows has negative ones", at: directory) }
      return rows
    }
    guard list.rows.count == count else {
      throw StoreError.corrupt("a list of rows has \(list.rows.count) rows of \(count)", at: directory)
    }
    return list
  }

  /// The place of each of `rows` in `sorted`, which holds them all; -1 stays -1. Complexity: O(rows log sorted), or O(1) per row where the
  /// range is small enough for a table.
  private static func places(of rows: [Int], in sorted: [Int]) -> [Int] {
    guard let last = sorted.last else { return rows }
    if last < 8 * rows.count + 1024 {
      var table = [Int](repeating: -1, count: last + 1)
      for (place, row) in sorted.enumerated() { table[row] = place }
      return rows.map { $0 < 0 ? -1 : table[$0] }
    }
    let places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
    return rows.map { $0 < 0 ? -1 : places[$0]! }
  }

  private func repeated(
    _ derived: DerivedColumn, on source: Column, adding differences: ArraySlice<Column>, _ places: [RowList]
  ) throws -> Column {
    var column = source
    var differences = differences
    var lists = places[...]
    for operation in derived.operations {
      switch operation {
      case .rows:
        let list = lists.removeFirst()
        guard list.bounds?.upperBound ?? -1 < column.count else {
          throw StoreError.corrupt("a list of rows names rows beyond the \(column.count) there are", at: directory)
        }
        column = column.gather(list)
      case .filled(let value):
        var builder = ColumnBuilder(type: derived.type, expectedRows: 1, place: directory)
        let shape = ColumnChunkShape(type: .values(derived.type), rows: 1)
        try value.withUnsafeBytes { try builder.append($0, shape: shape) }
        column = column.fillingMissing(with: builder.finish())
      case .plus(_, let digits): column = try column.adding(differences.removeFirst(), digits: digits)
      }
    }
    return column
  }
}
