import CMistique
import Mistique

/// What a capture that may be resumed has committed: each part is a model of its own in a project that nobody else uses.
struct CaptureSegments {
  static let project = "~capture"

  private let store: IntermediateStore
  /// Asked while they are read.
  private let isCancelled: @Sendable () -> Bool
  /// What they will be together.
  let identity: ModelIdentity
  /// In the order of their commits.
  private(set) var models: [ModelIdentity]

  init(of identity: ModelIdentity, in store: IntermediateStore, isCancelled: @escaping @Sendable () -> Bool = { false }) throws {
    self.store = store
    self.isCancelled = isCancelled
    self.identity = identity
    models = try Self.all(in: store).filter { Self.captured($0).utf8.elementsEqual(identity.description.utf8) }.sorted { $0.name < $1.name }
  }

  /// Segments of all captures.
  static func all(in store: IntermediateStore) throws -> [ModelIdentity] {
    try store.models().map(\.identity).filter { $0.project == project }
  }

  /// The models that segments are of and that are not there yet, and how many segments each has.
  static func unfinished(in store: IntermediateStore) throws -> [(model: String, segments: Int)] {
    let leftOver = Set(try ofFinished(in: store))
    let counts = Dictionary(grouping: try all(in: store).filter { !leftOver.contains($0) }) { ColumnName(captured($0)) }
    return counts.map { (model: $0.key.text, segments: $0.value.count) }
  }

  /// The segments of captures that were finished, so that their model is there: a kill or another writer came before they were deleted. A model that something
  /// else has logged under the name is none.
  private static func ofFinished(in store: IntermediateStore) throws -> [ModelIdentity] {
    let models = try store.models().filter { $0.kind == CapturedModel.kind }.map(\.identity)
    let named = Dictionary(models.map { (ColumnName($0.description), $0) }, uniquingKeysWith: { first, _ in first })
    func layers(_ model: ModelIdentity) throws -> [LayerDescription]? {
      CaptureDescription(specification: try store.specification(of: model))?.layers
    }
    return try models.filter { segment in
      guard segment.project == project, let model = named[ColumnName(captured(segment))], model != segment,
        let captured = try layers(segment)
      else { return false }
      return try layers(model) == captured
    }
  }

  /// Deletes what is left of captures that were finished. What cannot be deleted now is left for the next time: nobody needs it gone. Where one cannot, as beside
  /// damage, the others are not tried: each attempt looks at the whole store.
  static func clearFinished(in store: IntermediateStore, isCancelled: @escaping @Sendable () -> Bool) {
    for segment in (try? ofFinished(in: store)) ?? [] where !isCancelled() {
      do { try store.delete(segment, isCancelled: isCancelled) } catch { return }
    }
  }

  /// The model that a segment is of, as keys write it.
  static func captured(_ segment: ModelIdentity) -> String {
    segment.name.lastIndex(of: " ").map { String(segment.name[..<$0]) } ?? segment.name
  }

  /// The name of the next one.
  var next: ModelIdentity {
    let last = models.last.flatMap { Int($0.name.split(separator: " ").last ?? "") } ?? 0
    let digits = String(last + 1)
    return ModelIdentity(project: Self.project, name: "\(identity) \(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits)")
  }

  mutating func add(_ model: ModelIdentity) { models.append(model) }

  /// Deletes them.
  /// - Parameter isCancelled: asked until the first of them is gone.
  /// - Returns: bytes that went back to the file system.
  @discardableResult
  mutating func delete(isCancelled: @escaping @Sendable () -> Bool = { false }) throws -> Int {
    var (bytes, mayStop) = (0, true)
    // The last first: what a kill leaves is a capture that goes on earlier.
    while let last = models.last {
      bytes += try (mayStop ? store.delete(last, isCancelled: isCancelled) : store.delete(last)).bytes
      mayStop = false
      models.removeLast()
    }
    return bytes
  }

  // MARK: Reading

  /// That the files of all segments are there, as far as opening them tells: a capture that goes on beside a lost one could not be finished.
  ///
  /// - Throws: `StoreError` (`notFound`, `corrupt`, ...).
  func requireFiles() throws {
    for model in models {
      do { try store.requireFiles(of: model) } catch let error as StoreError {
        throw StoreError(
          error.code, "part \(model.name) of the capture that is to go on needs this file: \(error.what)", at: error.place,
          remedy: "Restore it from a copy. Without one, delete what is left of this capture (delete the model), and capture it again.")
      }
    }
  }

  /// What they say of themselves, all the same; `nil` when there is none.
  func description() throws -> CaptureDescription? {
    let all = try models.map { model in
      guard let description = CaptureDescription(specification: try store.specification(of: model)) else {
        throw unsound("segment \(model) does not say what it captured")
      }
      return description
    }
    guard let first = all.first else { return nil }
    guard all.allSatisfy({ $0.layers == first.layers }) else { throw unsound("its segments have different layers") }
    return first
  }

  private func unsound(_ what: String) -> InterfaceError {
    .invalid(what, at: "\(identity)", remedy: "Delete what is left of this capture (delete the model), and capture it again.")
  }

  /// The row ids of a layer in one segment, in their order. Reads one column.
  func rowIDs(of layer: LayerDescription, in model: ModelIdentity) throws -> [Int64] {
    let column = layer.kind == .maps ? "n0_0_0" : "*"
    return try store.getIntermediates(
      [IntermediateKey(model: model, intermediate: layer.name, column: column)], plan: .read, isCancelled: isCancelled)[0].rowIDs.array
  }

  /// Rows of a layer in one segment.
  func read(_ layer: LayerDescription, in model: ModelIdentity, rows: RowRequest) throws -> IntermediateResult {
    try store.getIntermediates(
      [IntermediateKey(model: model, intermediate: layer.name)], rows: rows, plan: .read, isCancelled: isCancelled)[0]
  }
}
