/// Why bytes are not a checkpoint, or a cache cannot be used.
public struct CheckpointError: Error, CustomStringConvertible {
  enum Problem {
    case notACheckpoint(origin: String)
    case unknownVersion(origin: String, version: UInt32)
    case truncated(origin: String, part: String, bytes: Int)
    case checksum(origin: String, recorded: UInt64, computed: UInt64)
    case malformed(origin: String, part: String, problem: String)
    /// Two different trainings have one cache key, or a cache entry was edited.
    case otherTraining(directory: String)
    case unusableCache(path: String, cause: any Error)
  }

  let problem: Problem

  init(_ problem: Problem) { self.problem = problem }

  /// What happened, where, what was expected and what to do, in one line.
  public var description: String {
    let again = "Delete it; it will be made again by training."
    switch problem {
    case .notACheckpoint(let origin):
      return "\(origin) is not a checkpoint: it does not begin with MSTQCKPT. Check the path."
    case .unknownVersion(let origin, let version):
      return "\(origin) has checkpoint format version \(version), expected \(Checkpoint.formatVersion). \(again)"
    case .truncated(let origin, let part, let bytes):
      return "\(origin) ends within \(part), after \(bytes) bytes: it was cut off. \(again)"
    case .checksum(let origin, let recorded, let computed):
      return """
        \(origin) is damaged: its checksum is recorded as \(String(recorded, radix: 16)), but its bytes give \
        \(String(computed, radix: 16)). \(again)
        """
    case .malformed(let origin, let part, let problem):
      return "\(origin) is malformed at \(part): \(problem). \(again)"
    case .otherTraining(let directory):
      return "\(directory) holds the checkpoints of another training than its name says. Delete that directory."
    case .unusableCache(let path, let cause):
      return "the checkpoint cache cannot use \(path): \(cause). Check its permissions and the free space, or choose another directory."
    }
  }
}
