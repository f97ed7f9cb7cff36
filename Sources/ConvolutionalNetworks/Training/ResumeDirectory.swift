import Foundation
import Groundwork

/// The state of an unfinished training on disk, so that the training survives a kill at any instant.
///
///     <key>.resume/state.bin                the last kept ``TrainingState``, without its snapshots
///     <key>.resume/snapshot-01.bin ...      its snapshots, each written once: checkpoint files
///
///     state.bin = "MSTQSTAT" | version u32 = 1 | header bytes u64 | header, JSON | checkpoint file | ContentHash of all before it, u64
///
/// The checkpoint file holds the weights and the optimizer's moments, the header everything else, including which training it belongs to. Every file is
/// written beside its place, brought to the disk and renamed, and checks itself. A state is read whole or not at all. One that is
/// damaged, or whose snapshots are, is refused with the reason, and the training starts over. That costs only time: a training gives the same
/// bits again, whereas a mended state could give others unnoticed.
///
/// Two processes may train the same at the same time: they write the same snapshots, the last state written counts, and a process whose files
/// the other removed on finishing writes them again.
final class ResumeDirectory {
  enum Loaded {
    case nothing
    case unusable(reason: String)
    case found(TrainingState)
  }

  private struct Header: Codable {
    struct Snapshot: Codable {
      var identity: String
      var step: Int
      var stepCount: Int
      var loss: Double
      var accuracy: Double
    }

    var training: CheckpointCache.Training
    var step: Int
    var sums: TrainingSums
    var snapshots: [Snapshot]
  }

  private static let magic = Array("MSTQSTAT".utf8)
  private static let formatVersion: UInt32 = 1

  let directory: URL
  private let training: CheckpointCache.Training
  private let interval: Duration
  private var lastSave = ContinuousClock.now
  /// The identities of the snapshots that this object has written or read.
  private var identities: [String] = []

  init(_ directory: URL, training: CheckpointCache.Training, interval: Duration) {
    self.directory = directory
    self.training = training
    self.interval = interval
  }

  /// Whether the interval since the last state has passed.
  var isDue: Bool { ContinuousClock.now - lastSave >= interval }

  /// Removes the state: its training is finished.
  func remove() { try? FileManager.default.removeItem(at: directory) }

  private var stateFile: URL { directory.appendingPathComponent("state.bin") }

  private func snapshotFile(_ number: Int) -> URL {
    directory.appendingPathComponent("snapshot-\(number < 9 ? "0" : "")\(number + 1).bin")
  }
}

extension ResumeDirectory {
  /// Keeps a state.
  /// - Returns: nil, or why it could not be kept; the state kept before is then still there.
  func save(_ state: TrainingState) -> String? {
    lastSave = .now
    do {
      let files = FileManager.default
      try files.createDirectory(at: directory, withIntermediateDirectories: true)
      // The snapshots first: a state must not name one that is not there.
      for (number, snapshot) in state.snapshots.enumerated() {
        let known = number < identities.count
        if known && files.fileExists(atPath: snapshotFile(number).path) { continue }
        if !known { identities.append(snapshot.checkpoint.identity) }
        try UnfinishedFile.write(snapshot.checkpoint.serialized(), to: snapshotFile(number).path)
      }
      try UnfinishedFile.write(try serialized(state), to: stateFile.path)
      return nil
    } catch {
      return "\(directory.path): \(error)"
    }
  }

  private func serialized(_ state: TrainingState) throws -> [UInt8] {
    let header = Header(
      training: training, step: state.step, sums: state.sums,
      snapshots: zip(state.snapshots, identities).map { snapshot, identity in
        .init(
          identity: identity, step: snapshot.step, stepCount: snapshot.stepCount, loss: snapshot.loss, accuracy: snapshot.accuracy)
      })
    let json = try JSONEncoder().encode(header)
    var writer = ByteWriter()
    writer.write(bytes: Self.magic)
    writer.write(Self.formatVersion)
    writer.write(UInt64(json.count))
    writer.write(bytes: json)
    writer.write(bytes: Checkpoint(state.weights.tensors + state.moments).serialized())
    writer.write(Self.checksum(writer.bytes))
    return writer.bytes
  }

  private static func checksum(_ data: some ContiguousBytes) -> UInt64 {
    var hash = ContentHash()
    data.withUnsafeBytes { hash.combine($0) }
    return hash.value
  }
}

extension ResumeDirectory {
  /// The state kept last, checked as a whole.
  func load() -> Loaded {
    guard FileManager.default.fileExists(atPath: stateFile.path) else { return .nothing }
    do {
      let (header, tensors) = try readState()
      var snapshots: [TrainingRun.Snapshot] = []
      for (number, snapshot) in header.snapshots.enumerated() {
        let file = snapshotFile(number)
        let checkpoint = try Checkpoint(serialized: try Data(contentsOf: file), origin: file.path)
        try checkpoint.validate(for: training.network)
        guard checkpoint.identity == snapshot.identity else { throw problem("it names other bytes for \(file.lastPathComponent)") }
        snapshots.append(
          .init(
            step: snapshot.step, stepCount: snapshot.stepCount, loss: snapshot.loss, accuracy: snapshot.accuracy, checkpoint: checkpoint))
      }
      identities = header.snapshots.map(\.identity)
      let moments = tensors.filter { $0.name.hasPrefix("moment") }
      let weights = Checkpoint(tensors.filter { !$0.name.hasPrefix("moment") })
      try weights.validate(for: training.network)
      return .found(TrainingState(step: header.step, sums: header.sums, weights: weights, moments: moments, snapshots: snapshots))
    } catch {
      return .unusable(reason: "\(error)")
    }
  }

  private func readState() throws -> (Header, [Checkpoint.Tensor]) {
    let origin = stateFile.path
    let data = try Data(contentsOf: stateFile)
    guard data.count >= Self.magic.count + 20 else {
      throw CheckpointError(.truncated(origin: origin, part: "the header", bytes: data.count))
    }
    var trailer = CheckpointReader(data.suffix(8), origin: origin)
    let recorded: UInt64 = try trailer.number(of: "the checksum")
    let computed = Self.checksum(data.dropLast(8))
    guard recorded == computed else { throw CheckpointError(.checksum(origin: origin, recorded: recorded, computed: computed)) }

    var reader = CheckpointReader(data.dropLast(8), origin: origin)
    guard try reader.takeBytes(Self.magic.count, of: "the magic number").elementsEqual(Self.magic) else {
      throw problem("it does not begin with MSTQSTAT")
    }
    let version: UInt32 = try reader.number(of: "the version")
    guard version == Self.formatVersion else { throw problem("its format version is \(version), expected \(Self.formatVersion)") }
    let length: UInt64 = try reader.number(of: "the header's length")
    let header = try JSONDecoder().decode(Header.self, from: Data(try reader.takeBytes(Int(clamping: length), of: "the header")))
    guard header.training == training else { throw problem("it belongs to another training") }
    let steps = training.parameters.stepCount(imageCount: training.imageCount)
    let passed = training.parameters.checkpointSteps(imageCount: training.imageCount).filter { $0 <= header.step }
    guard (1..<steps).contains(header.step), header.snapshots.map(\.step) == passed else {
      throw problem("step \(header.step) of \(steps) with \(header.snapshots.count) snapshots cannot be")
    }
    let checkpoint = try Checkpoint(serialized: Data(reader.rest), origin: origin)
    return (header, checkpoint.tensors)
  }

  private func problem(_ problem: String) -> CheckpointError {
    CheckpointError(.malformed(origin: stateFile.path, part: "the state", problem: problem))
  }
}
