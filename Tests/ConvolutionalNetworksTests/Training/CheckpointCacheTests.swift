import Foundation
import Testing

@testable import ConvolutionalNetworks

struct CheckpointCacheTests {
  private let images = GeneratedImages(seed: 41).images(count: 350)

  private func entries(_ directory: URL) throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: directory.path) }

  @Test("The same training is done once")
  func once() throws {
    try withTemporaryDirectory { directory throws in
      let cache = CheckpointCache(directory: directory.appendingPathComponent("checkpoints"))
      let trainer = Trainer(.small, .quick(), compute: .single)
      #expect(try !cache.contains(trainer, on: images))
      var steps = 0
      let first = try cache.run(trainer, on: images) { _ in steps += 1 }
      #expect(steps == 10)
      #expect(try cache.contains(trainer, on: images))
      let second = try cache.run(trainer, on: images) { _ in steps += 1 }
      #expect(steps == 10)
      #expect(second == first)
      let names = try entries(cache.directory)
      #expect(names.count == 1 && !names[0].hasPrefix("."))
      #expect(try entries(cache.directory.appendingPathComponent(names[0])).count == 11)
    }
  }

  @Test("Whatever decides the bits changes the key")
  func key() throws {
    func key(_ network: NetworkDescription = .small, _ parameters: TrainingParameters = .quick(), _ images: ImageSet? = nil) throws
      -> String
    {
      try CheckpointCache.Training(Trainer(network, parameters, compute: .single), images: images ?? self.images, initial: nil).key()
    }
    var network = NetworkDescription.small
    network.layerDescriptions[0] = .convolution(9)
    var parameters = TrainingParameters.quick()
    parameters.learningRate = 0.0011
    let frozen = try Checkpoint.initial(for: .small, seed: 1)
    let keys = [
      try key(), try key(network), try key(.small, .quick(seed: 2)), try key(.small, parameters),
      try key(.small, .quick(), images[0..<349]),
      try CheckpointCache.Training(Trainer(.small, .quick(), compute: .single), images: images, initial: frozen).key(),
      try CheckpointCache.Training(Trainer(.small, .quick(), compute: ComputeThread(threads: 7)), images: images, initial: nil).key(),
    ]
    #expect(Set(keys).count == keys.count)
    #expect(try key() == keys[0])
  }

  @Test("Another revision of what trains or of what computes activations is another training; the first of each is in no key")
  func revisions() throws {
    var training = CheckpointCache.Training(Trainer(.small, .quick(), compute: .single), images: images, initial: nil)
    (training.trainingRevision, training.kernelRevision) = (nil, nil)
    let first = try training.key()
    training.trainingRevision = 7
    let trained = try training.key()
    (training.trainingRevision, training.kernelRevision) = (nil, 7)
    let computed = try training.key()
    #expect(Set([first, trained, computed]).count == 3)
    #expect(CheckpointCache.Training.hashed(1, unless: 1) == nil && CheckpointCache.Training.hashed(3, unless: 2) == 3)
  }

  @Test("The key of a training is the one in existing caches")
  func knownKey() throws {
    let thread = ComputeThread(threads: 2)
    var whole = CheckpointCache.Training(
      Trainer(.storedCNN, TrainingParameters(epochs: 12, seed: 1), compute: thread), images: images, initial: nil)
    whole.library = "oneDNN 2.6.3"
    let wholeKey = try whole.key()
    #expect(wholeKey == "d1e0152eef356ab4")
    var network = NetworkDescription.small
    network.layerDescriptions[0] = network.layerDescriptions[0].frozen()
    var parameters = TrainingParameters.quick()
    parameters.optimizer = .momentum(0.9)
    let initial = try Checkpoint.initial(for: network, seed: 3)
    var frozen = CheckpointCache.Training(Trainer(network, parameters, compute: thread), images: images, initial: initial)
    frozen.library = "oneDNN 2.6.3"
    let frozenKey = try frozen.key()
    #expect(frozenKey == "7ad5589891650be2")
  }

  @Test("A damaged entry is an error that names the file")
  func damagedEntry() throws {
    try withTemporaryDirectory { directory throws in
      let cache = CheckpointCache(directory: directory)
      let trainer = Trainer(.small, .quick(), compute: .single)
      _ = try cache.run(trainer, on: images)
      let entry = directory.appendingPathComponent(try entries(directory)[0])
      let file = entry.appendingPathComponent("checkpoint-04.bin")
      var bytes = try Data(contentsOf: file)
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: file)
      do {
        _ = try cache.run(trainer, on: images)
        Issue.record("no error")
      } catch { #expect("\(error)".contains(file.path) && "\(error)".contains("damaged"), "\(error)") }
      try Data("{".utf8).write(to: entry.appendingPathComponent("manifest.json"))
      #expect(throws: CheckpointError.self) { try cache.run(trainer, on: images) }
    }
  }

  @Test("What a kill left of an entry goes a day later, when the next training is kept; what is younger or not of the cache stays")
  func leftovers() throws {
    try withTemporaryDirectory { directory throws in
      let files = FileManager.default
      func leave(_ name: String, hoursAgo hours: Double) throws {
        let folder = directory.appendingPathComponent(name)
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(repeating: 1, count: 100).write(to: folder.appendingPathComponent("checkpoint-01.bin"))
        try files.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -3_600 * hours)], ofItemAtPath: folder.path)
      }
      let (key, id) = ("0123456789abcdef", "E621E1F8-C36C-495A-93FC-0C247A3E6E5F")
      let staying = [".\(key).B621E1F8-C36C-495A-93FC-0C247A3E6E5F.partial", ".mine.partial", "\(key).resume"]
      try leave(".\(key).\(id).partial", hoursAgo: 25)
      try leave(staying[0], hoursAgo: 23)
      for name in staying.dropFirst() { try leave(name, hoursAgo: 25) }
      let trainer = Trainer(.small, .quick(), compute: .single)
      _ = try CheckpointCache(directory: directory).run(trainer, on: images)
      let own = try CheckpointCache.Training(trainer, images: images, initial: nil).key()
      #expect(try Set(entries(directory)) == Set(staying + [own]))
    }
  }

  @Test("A training that is cancelled before its first step leaves nothing")
  func cancelledEarly() throws {
    try withTemporaryDirectory { directory throws in
      let flag = CancellationFlag()
      flag.cancel()
      #expect(throws: TrainingError.self) {
        try CheckpointCache(directory: directory).run(Trainer(.small, .quick(), compute: .single), on: images, cancellation: flag)
      }
      #expect(try entries(directory).isEmpty)
    }
  }
}
