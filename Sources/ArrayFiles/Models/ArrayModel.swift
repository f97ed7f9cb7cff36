import Foundation
import Mistique

/// Arrays in files as a model that a store logs, without running anything: each array is a stage that reads it, and an intermediate.
///
///     let model = ArrayModel(try ArrayFolder(folder))
///     try store.logIntermediates(of: model, as: ModelIdentity(project: "mine", name: "arrays"), policy: .dedup)
///
/// `row_id` is the place of a row in the arrays. A re-run reads the files again, and is refused once they have changed. Memory: one RowBlock, at most
/// 16 MB or one row; of a float64 array or one of wide integers, all of it twice, and at most ``largestFrameBytes``.
package final class ArrayModel: ExecutableModel {
  package static let kind = "array-files"
  /// Bytes of one block of rows.
  private static let blockBytes = 16 << 20
  /// Bytes of an array that is held as a whole at most.
  package static let largestFrameBytes = 4 << 30

  package let folder: ArrayFolder
  package let specification: String
  package let stages: [Stage]

  /// What must be the same when the arrays are read again.
  private struct Description: Codable, Equatable {
    let name: String
    let file: String
    let type: String
    let shape: [Int]
  }

  /// - Throws: ``NPYError`` for an array that would have to be held in memory as a whole and is too large for that.
  package init(_ folder: ArrayFolder) throws {
    self.folder = folder
    if let array = folder.arrays.map(\.array).first(where: { !$0.element.fitsFloat32 && $0.rows * $0.columns * 8 > Self.largestFrameBytes })
    {
      throw NPYError(
        array.origin,
        "its \(array.rows) x \(array.columns) values of \(array.element.name) must be held in memory as a whole, which is done up to "
          + "\(Self.largestFrameBytes >> 30) GB", remedy: "Save array.astype('float32'), which is read some rows at a time")
    }
    stages = folder.arrays.map { Stage(name: $0.name, inputs: [], outputs: [$0.name], reads: []) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    specification = String(decoding: try encoder.encode(Self.descriptions(folder)), as: UTF8.self)
  }

  /// The arrays as a store keeps them: `folder` must be where they are.
  ///
  /// - Throws: ``NPYError`` when it holds others.
  package convenience init(restoring stored: StoredModel, folder: ArrayFolder) throws {
    let logged = try? JSONDecoder().decode([Description].self, from: Data(stored.specification.utf8))
    guard logged == Self.descriptions(folder) else {
      throw NPYError(folder.url.path, "its arrays are others than those that \(stored.identity) was logged from", remedy: "Give those")
    }
    try self.init(folder)
  }

  private static func descriptions(_ folder: ArrayFolder) -> [Description] {
    folder.arrays.map {
      Description(name: $0.name, file: $0.array.file.lastPathComponent, type: $0.array.element.name, shape: $0.array.shape)
    }
  }

  /// What the rows of an imported array were, as its model's specification says; `nil` when the model is of another kind, or has no such array.
  package static func rowForm(of name: String, in specification: String) -> RowForm? {
    guard specification.utf8.first == UInt8(ascii: "["),
      let arrays = try? JSONDecoder().decode([Description].self, from: Data(specification.utf8)),
      let array = arrays.first(where: { $0.name.utf8.elementsEqual(name.utf8) })
    else { return nil }
    return RowForm(shape: Array(array.shape.dropFirst()), type: array.type)
  }

  /// None: there is nothing trained.
  package func transformers() -> [StoredTransformer] { [] }

  package func inputs(of intermediates: Set<String>) throws -> [ModelInput] {
    var seen: Set<String> = []
    return try folder.arrays.filter { intermediates.contains($0.name) && seen.insert($0.array.file.path).inserted }.map {
      let digest = try FileDigest(ofFile: $0.array.file.path)
      return ModelInput(name: $0.array.file.lastPathComponent, bytes: digest.byteCount, digest: digest.text)
    }
  }

  package func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    var measurements: [StageMeasurement] = []
    for (place, named) in folder.arrays.enumerated() where request.intermediates.contains(named.name) {
      let layout = ArrayLayout(named.array)
      measurements.append(
        try layout.isFrame
          ? frame(named, place, request, emit) : maps(named, layout.schema, place, request, emit))
    }
    return measurements
  }

  private func maps(
    _ named: ArrayFolder.Named, _ schema: IntermediateSchema, _ place: Int, _ request: ExecutionRequest,
    _ emit: (String, IntermediateRows) throws -> Void
  ) throws -> StageMeasurement {
    let array = named.array
    let blockRows = max(1, min(1_000, array.rows, Self.blockBytes / max(1, array.columns * 4)))
    let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: blockRows * array.columns)
    defer { values.deallocate() }
    var (blocks, emitting) = (0, Duration.zero)
    let start = ContinuousClock.now
    for range in ranges(request.rows, of: array.rows) {
      try array.forEachBlock(of: blockRows, rows: range) { rows, bytes in
        if request.isCancelled() { throw CancellationError() }
        array.element.floats(bytes, into: values.baseAddress!)
        let piece = UnsafeBufferPointer(rebasing: values[..<(rows.count * array.columns)])
        let read = ContinuousClock.now
        try emit(named.name, .maps(piece, rowIDs: .range(Int64(rows.lowerBound)..<Int64(rows.upperBound)), schema: schema))
        emitting += ContinuousClock.now - read
        blocks += 1
      }
    }
    let seconds = (ContinuousClock.now - start - emitting) / .seconds(1)
    return StageMeasurement(stage: place, seconds: seconds, batches: blocks, rowsPerBatch: blockRows)
  }

  /// A frame comes whole, whichever rows are asked for.
  private func frame(
    _ named: ArrayFolder.Named, _ place: Int, _ request: ExecutionRequest, _ emit: (String, IntermediateRows) throws -> Void
  ) throws -> StageMeasurement {
    let start = ContinuousClock.now
    let frame = DataFrame(rowIDs: .first(named.array.rows), columns: try Self.columns(of: named.array, request))
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    if request.isCancelled() { throw CancellationError() }
    try emit(named.name, .frame(frame))
    return StageMeasurement(stage: place, seconds: seconds)
  }

  private static func columns(of array: NumericArray, _ request: ExecutionRequest) throws -> [(name: String, column: Column)] {
    let (count, element) = (array.columns, array.element)
    let blockRows = max(1, min(array.rows, blockBytes / max(1, count * 8)))
    func gathered<Value>(_ convert: (Range<Int>, UnsafeRawBufferPointer) throws -> [Value]) throws -> [[Value]] {
      var columns = (0..<count).map { _ in [Value]() }
      for column in columns.indices { columns[column].reserveCapacity(array.rows) }
      try array.forEachBlock(of: blockRows) { rows, bytes in
        if request.isCancelled() { throw CancellationError() }
        let values = try convert(rows, bytes)
        for column in 0..<count {
          for row in 0..<rows.count { columns[column].append(values[row * count + column]) }
        }
      }
      return columns
    }
    if element.kind == .float {
      return try gathered { element.doubles($1) }.enumerated().map { ("n\($0)", Column(.float64($1))) }
    }
    return try gathered { rows, bytes in
      let values = element.integers(bytes)
      guard element.kind == .unsigned, element.size == 8, let wrong = values.firstIndex(where: { $0 < 0 }) else { return values }
      throw NPYError(
        array.origin,
        "the value in row \(rows.lowerBound + wrong / count), column \(wrong % count) is \(UInt64(bitPattern: values[wrong]))",
        remedy: "Integers go up to \(Int64.max): save array.astype('float64')")
    }.enumerated().map { ("n\($0)", Column(.int64($1))) }
  }

  /// Runs of consecutive rows, ascending.
  private func ranges(_ request: RowRequest, of rows: Int) -> [Range<Int>] {
    guard case .ids(let ids) = request else { return [0..<rows] }
    var ranges: [Range<Int>] = []
    for row in Set(ids).filter({ (0..<Int64(rows)).contains($0) }).map(Int.init).sorted() {
      if let last = ranges.last, last.upperBound == row {
        ranges[ranges.count - 1] = last.lowerBound..<row + 1
      } else {
        ranges.append(row..<row + 1)
      }
    }
    return ranges
  }
}
