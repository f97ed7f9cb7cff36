import CMistique
import Foundation
import Mistique
import Synchronization

/// A capture that is under way: groups of rows come from the caller and go through a queue to the thread that logs them.
///
/// `@unchecked Sendable`: what changes is used by one thread at a time, the ``user``.
final class CaptureSession: @unchecked Sendable {
  let settings: CaptureSettings
  let engine: IntermediateStore
  /// Lets another capture begin.
  private let whenEnded: @Sendable () -> Void
  /// The thread that is in a call of this capture; 0 when none is.
  private let user = Atomic<UInt>(0)
  private let hasEnded = Atomic<Bool>(false)
  /// Whether it is to end, whatever is under way.
  private let isAbandoned = Atomic<Bool>(false)

  var group: CaptureGroup?
  /// The ids of all rows that were kept.
  var known = RowIDSet()
  /// By name; none before the first group is kept.
  var layers: [String: CapturedLayer] = [:]
  /// Their names in the order of their first piece.
  var layerOrder: [String] = []
  /// What the capture that is resumed kept of its model.
  private(set) var resumedNote: String?
  private var segments: CaptureSegments
  /// What was damaged in the store when the segments of this session were committed.
  private var damage: LoggingReport?
  /// Bytes of values since the last commit.
  private var uncommittedBytes = 0
  /// Of the transaction that is under way. The queue is replaced by the thread that has the session, and cancelled by any.
  private let queueBox: Mutex<PieceQueue>
  private var logging: LoggingThread?

  /// - Parameter whenEnded: called once, when another capture may begin.
  /// - Throws: `StoreError` (`alreadyLogged`); `CancellationError` when its caller stops it; `InterfaceError` when an earlier capture of that name was not finished and is not to be resumed.
  init(_ settings: CaptureSettings, in engine: IntermediateStore, whenEnded: @escaping @Sendable () -> Void) throws {
    self.settings = settings
    self.engine = engine
    self.whenEnded = whenEnded
    queueBox = Mutex(PieceQueue(ceiling: settings.memoryBytes))
    let callbacks = settings.callbacks
    CaptureSegments.clearFinished(in: engine) { callbacks.isStopped }
    segments = try CaptureSegments(of: settings.identity, in: engine, isCancelled: { callbacks.isStopped })
    guard try !engine.models().contains(where: { $0.identity == settings.identity }) else {
      throw StoreError(
        .alreadyLogged, "a model of that name is in the store", at: "\(settings.identity)",
        remedy:
          "If it is what this capture was to make, there is nothing left to do. Capture another under another name; what is stored is never overwritten."
      )
    }
    guard settings.resumes || segments.models.isEmpty else {
      throw InterfaceError(
        code: Int32(MISTIQUE_ALREADY_LOGGED), what: "an earlier capture of that name was not finished", place: "\(settings.identity)",
        remedy: "Resume it (resumes; in Python resume=True), or delete the model and begin anew.")
    }
    try takeUp()
  }

  /// Learns from the segments what is there already.
  private func takeUp() throws {
    try segments.requireFiles()
    guard let description = try segments.description() else { return }
    resumedNote = description.note
    for layer in description.layers {
      try requireKept(layer)
      var captured = CapturedLayer(description: layer)
      for model in segments.models where layer.hasOwnRows {
        let ids = try segments.rowIDs(of: layer, in: model)
        captured.ownIDs.insert(ids)
        captured.rows += ids.count
      }
      if layer.kind == .frame, let model = segments.models.first {
        captured.sample = try segments.read(layer, in: model, rows: .all).frame?.gather([])
      }
      layers[layer.name] = captured
      layerOrder.append(layer.name)
    }
    // Every layer that has the rows of the capture has all of them: one tells which they are.
    guard
      let shared = description.layers.first(where: { !$0.hasOwnRows && $0.kind == .maps })
        ?? description.layers.first(where: { !$0.hasOwnRows })
    else { return }
    for model in segments.models { known.insert(try segments.rowIDs(of: shared, in: model)) }
    for name in layerOrder where !layers[name]!.description.hasOwnRows { layers[name]!.rows = known.count }
  }

  var segmentCount: Int { segments.models.count }
  var queue: PieceQueue { queueBox.withLock { $0 } }

  // MARK: One thread at a time

  private static var thisThread: UInt { UInt(pthread_self()) }

  private func inUse(_ what: String) -> InterfaceError {
    .busy(what, at: "\(settings.identity)", remedy: "Use a capture from one thread at a time, and not from its own callbacks.")
  }

  /// Runs `body` when no other thread is in a call of this capture.
  func exclusively<Value>(_ body: () throws -> Value) throws -> Value {
    guard user.compareExchange(expected: 0, desired: Self.thisThread, ordering: .acquiringAndReleasing).exchanged else {
      throw inUse("another thread is in a call of this capture, or a callback of it calls again")
    }
    defer { user.store(0, ordering: .releasing) }
    guard !hasEnded.load(ordering: .acquiring) else {
      throw InterfaceError(
        code: Int32(MISTIQUE_BAD_HANDLE), what: "the capture has ended", place: "\(settings.identity)",
        remedy: "Begin another one; with resumes it goes on from the last commit.")
    }
    return try body()
  }

  // MARK: Storing

  /// Hands a group to the thread that logs, and commits what there is when enough has come.
  func store(_ group: CaptureGroup) throws {
    if logging == nil { try begin() }
    try queue.push(group.pieces)
    for (name, frame) in group.frames { layers[name]!.parts.append(frame) }
    uncommittedBytes += group.valueBytes
    if settings.resumes, uncommittedBytes >= settings.checkpointBytes { try commitSegment() }
  }

  private func begin() throws {
    let description = CaptureDescription(layers: layerOrder.map { layers[$0]!.description }, note: settings.note)
    let queue = queue
    logging = LoggingThread(
      try CapturedModel(description, queue: queue), as: settings.resumes ? segments.next : settings.identity,
      policy: settings.resumes ? .dedup : settings.policy, in: engine, queue: queue)
  }

  /// Ends the transaction that is under way.
  private func commit(_ logging: LoggingThread) throws -> LoggingReport {
    var frames: [(name: String, frame: DataFrame)] = []
    for name in layerOrder where layers[name]!.description.kind == .frame {
      guard !layers[name]!.parts.isEmpty else { continue }
      frames.append((name, DataFrame.joined(layers[name]!.parts)))
      layers[name]!.parts = []
    }
    queue.end(frames)
    return try logging.wait(settings.callbacks)
  }

  private func commitSegment() throws {
    guard let logging else { return }
    let identity = segments.next
    var report = try commit(logging)
    if let damage { report.addDamage(of: damage) }
    damage = report
    segments.add(identity)
    self.logging = nil
    uncommittedBytes = 0
    queueBox.withLock { $0 = PieceQueue(ceiling: settings.memoryBytes) }
  }

  // MARK: Ending

  /// Whether nothing can be done with it any more.
  var isOver: Bool { hasEnded.load(ordering: .acquiring) }

  /// Commits the model. The capture has ended, whatever comes of it, unless another thread is in a call of it.
  func finish() throws -> LoggingReport {
    try exclusively {
      defer { end() }
      guard group == nil else {
        throw InterfaceError.invalid(
          "a group of rows was begun and neither kept nor dropped", at: "\(settings.identity)", remedy: "Keep or drop it before finishing.")
      }
      guard !layerOrder.isEmpty else {
        throw InterfaceError.invalid(
          "no rows were captured", at: "\(settings.identity)", remedy: "Keep at least one group of rows, with the layers that it has.")
      }
      guard settings.resumes else { return try commit(logging!) }
      try commitSegment()
      guard let description = try segments.description() else { preconditionFailure("a capture with layers has a segment") }
      let described = CaptureDescription(layers: description.layers, note: settings.note ?? description.note)
      let callbacks = settings.callbacks
      var report = try engine.logIntermediates(
        of: SegmentedModel(segments, described, callbacks), as: settings.identity, policy: settings.policy,
        isCancelled: { callbacks.isStopped || self.isAbandoned.load(ordering: .acquiring) })
      if let damage { report.addDamage(of: damage) }
      // The model is there, whatever becomes of what it was made of: what is left, the next capture clears away.
      _ = try? segments.delete()
      return report
    }
  }

  /// Ends the capture, from any thread: another one that is in a call of it gets an error.
  ///
  /// - Throws: `InterfaceError` (`MISTIQUE_BUSY`) from a callback of a call of this capture, which cannot wait for that call. It is cancelled.
  func abandon() throws {
    isAbandoned.store(true, ordering: .releasing)
    queue.cancel()
    while !user.compareExchange(expected: 0, desired: Self.thisThread, ordering: .acquiringAndReleasing).exchanged {
      guard user.load(ordering: .acquiring) != Self.thisThread else { throw inUse("a callback of this capture may not end it") }
      usleep(1_000)
    }
    defer { user.store(0, ordering: .releasing) }
    end()
  }

  /// Stops what is under way and lets another capture begin.
  private func end() {
    guard hasEnded.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged else { return }
    queue.cancel()
    // Nothing waits for its outcome any more; one that was committed stays.
    if let logging { _ = try? logging.wait(Callbacks(nil)) }
    logging = nil
    group = nil
    whenEnded()
  }
}
