import CMistique
import Mistique

/// What a capture is to do, checked.
struct CaptureSettings {
  let identity: ModelIdentity
  let policy: StoragePolicy
  let note: String?
  let memoryBytes: Int
  let checkpointBytes: Int
  let resumes: Bool
  let callbacks: Callbacks

  /// Bytes of values that wait, unless the caller says otherwise.
  static let usualMemoryBytes = 256 << 20
  /// Bytes of values between two commits, unless the caller says otherwise: what a kill loses at most, and enough for whole RowBlocks.
  static let usualCheckpointBytes = 1 << 30

  init(_ options: UnsafePointer<mistique_capture_options>?) throws {
    guard let options = options?.pointee else { throw InterfaceError.missing("options") }
    try Arguments.structSize(options.struct_size, of: mistique_capture_options.self, "options")
    identity = ModelIdentity(project: try Arguments.name(options.project, "project"), name: try Arguments.name(options.model, "model"))
    guard identity.project != CaptureSegments.project else {
      throw InterfaceError.invalid("\(identity.project) is for segments of captures", at: "project", remedy: "Use another project.")
    }
    policy = try options.policy == nil ? .dedup : PolicyText.policy(Arguments.text(options.policy, "policy"))
    note = try options.note == nil ? nil : Arguments.text(options.note, "note")
    memoryBytes = try Self.bytes(options.memory_bytes, usual: Self.usualMemoryBytes, "memory_bytes")
    checkpointBytes = try Self.bytes(options.checkpoint_bytes, usual: Self.usualCheckpointBytes, "checkpoint_bytes")
    resumes = options.resumes != 0
    callbacks = Callbacks(options.callbacks)
  }

  private static func bytes(_ bytes: Int64, usual: Int, _ argument: String) throws -> Int {
    guard (0...(1 << 50)).contains(bytes) else {
      throw InterfaceError.invalid("\(bytes) bytes", at: argument, remedy: "Use 0 for the usual amount, or a number of bytes.")
    }
    return bytes == 0 ? usual : Int(bytes)
  }
}
