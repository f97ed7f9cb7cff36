import CMistique
import Foundation
import Mistique

/// A captured model that a caller's function runs again.
final class RerunModel: ExecutableModel {
  static let kind = CapturedModel.kind

  let specification: String
  let stages: [Stage]
  private let identity: ModelIdentity
  private let description: CaptureDescription
  private let function: RerunFunction
  /// Not the store itself, which keeps restored models: neither would ever go.
  private let place: StorePlace

  /// - Parameter place: of the store whose questions it answers.
  init(_ stored: StoredModel, _ description: CaptureDescription, _ function: RerunFunction, at place: StorePlace) throws {
    identity = stored.identity
    specification = stored.specification
    stages = CapturedModel.stages(of: description)
    self.description = description
    self.function = function
    self.place = place
  }

  func transformers() -> [StoredTransformer] { [] }

  /// Has the function emit the requested layers.
  ///
  /// - Returns: its time, in equal parts: what each layer took, only the framework knows.
  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    if request.isCancelled() { throw CancellationError() }
    let layers = description.layers.filter { request.intermediates.contains($0.name) }
    if let other = layers.first(where: { $0.kind == .frame || $0.hasOwnRows }) {
      throw StoreError(
        .cannotPlan, "a frame, or a layer with rows of its own, is not re-run", at: "\(identity).\(other.name)",
        remedy: "Ask for what is stored, as it is stored.")
    }
    if case .ids(let ids) = request.rows, ids.isEmpty {
      // Nobody need be asked what no rows are like.
      for layer in layers {
        guard let schema = layer.schema else { continue }
        try emit(layer.name, .maps(UnsafeBufferPointer(start: nil, count: 0), rowIDs: .list([]), schema: schema, order: .channelMajor))
      }
      return []
    }
    let start = ContinuousClock.now
    try withoutActuallyEscaping(emit) { emit in
      let sink = RerunSink(layers, emit: emit)
      let number = HandleTable.shared.insert(sink)
      defer {
        sink.close()
        // Taken out once, here.
        _ = try? HandleTable.shared.remove(number, as: RerunSink.self, called: "sink")
      }
      try call(layers.map(\.name), request.rows, number, sink)
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1) / Double(max(1, layers.count))
    guard case .ids(let ids) = request.rows else { return [] }
    return description.layers.enumerated().filter { layers.contains($0.element) }.map {
      StageMeasurement(stage: $0.offset, seconds: seconds, batches: 1, rowsPerBatch: ids.count)
    }
  }

  private func call(_ layers: [String], _ rows: RowRequest, _ number: UInt64, _ sink: RerunSink) throws {
    let texts = ([identity.project, identity.name] + layers).map { (text: String) -> UnsafePointer<CChar>? in UnsafePointer(strdup(text)) }
    defer { for text in texts { free(UnsafeMutableRawPointer(mutating: text)) } }
    var ids: [Int64]?
    if case .ids(let asked) = rows { ids = asked }
    var error = mistique_error()
    defer { clearTexts(&error) }
    let code = Array(texts.dropFirst(2)).withUnsafeBufferPointer { names in
      (ids ?? []).withUnsafeBufferPointer { places in
        var request = mistique_rerun_request(
          project: texts[0], model: texts[1], layer_count: Int64(layers.count), layers: names.baseAddress,
          row_count: ids.map { Int64($0.count) } ?? -1, rows: ids == nil ? nil : places.baseAddress, sink: number)
        return RerunCall.running(at: place) { function.call(function.context, &request, &error) }
      }
    }
    if let failure = sink.failure { throw failure }
    guard code != Int32(MISTIQUE_OK) else { return }
    guard code != Int32(MISTIQUE_CANCELLED) else { throw CancellationError() }
    func text(_ text: UnsafeMutablePointer<CChar>?, or other: String) -> String { text.map { String(cString: $0) } ?? other }
    throw InterfaceError(
      code: (1..<64).contains(code) ? code : Int32(MISTIQUE_CALLBACK), what: text(error.what, or: "the re-run function returned \(code)"),
      place: text(error.place, or: "\(identity)"), remedy: text(error.remedy, or: "See what the function says."),
      cause: text(error.cause, or: ""))
  }
}
