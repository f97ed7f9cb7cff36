import Foundation
import Testing

@testable import ConvolutionalNetworks

/// A training that is killed or cancelled, and goes on, gives the bits of one that never stopped.
struct ResumeTests {
  private let images = GeneratedImages(seed: 43).images(count: 400)

  private func trainer(_ optimizer: Optimizer = .adam(), _ network: NetworkDescription = .small) -> Trainer {
    var parameters = TrainingParameters.quick(seed: 4)
    parameters.optimizer = optimizer
    return Trainer(network, parameters, compute: .single)
  }

  private func key(_ trainer: Trainer, _ initial: Checkpoint? = nil) throws -> String {
    try CheckpointCache.Training(trainer, images: images, initial: initial).key()
  }

  /// Runs until `step` steps are done and cancels.
  private func cancel(_ cache: CheckpointCache, _ trainer: Trainer, from initial: Checkpoint? = nil, after step: Int) {
    let flag = CancellationFlag()
    #expect(throws: TrainingError.cancelled(step: step, of: 12)) {
      try cache.run(trainer, on: images, from: initial, cancellation: flag) {
        if $0.activity == .step, $0.step == step { flag.cancel() }
      }
    }
  }

  @Test("A cancelled training resumes with the same bits", arguments: [Optimizer.adam(), .momentum(0.9)])
  func cancelled(optimizer: Optimizer) throws {
    let trainer = trainer(optimizer)
    let whole = try trainer.train(on: images)
    for steps in [[1], [4], [5], [11], [2, 3, 9]] {
      try withTemporaryDirectory { directory throws in
        let cache = CheckpointCache(directory: directory)
        for step in steps { cancel(cache, trainer, after: step) }
        var seen: [TrainingProgress] = []
        let run = try cache.run(trainer, on: images) { seen.append($0) }
        #expect(run == whole, "cancelled after \(steps)")
        #expect(seen[0].activity == .resumed && seen[0].step == steps.last!)
        #expect(seen.dropFirst().map(\.step) == Array((steps.last! + 1)...12))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [try key(trainer)])
        #expect(try cache.run(trainer, on: images) == whole)
      }
    }
  }

  @Test("A training resumes from whatever a kill leaves")
  func killed() throws {
    let trainer = trainer()
    let whole = try trainer.train(on: images)
    let resume = try key(trainer) + ".resume"
    try withTemporaryDirectory { directory throws in
      let files = FileManager.default
      // A copy of the state directory at each step is what a kill at that step leaves.
      for interval in [Duration.zero, .seconds(3_600)] {
        let cache = CheckpointCache(directory: directory.appendingPathComponent("\(interval)"), stateInterval: interval)
        func copy(_ step: Int) -> URL { directory.appendingPathComponent("killed-\(interval)-\(step)") }
        var failure: (any Error)?
        _ = try cache.run(trainer, on: images) { progress in
          do {
            try files.createDirectory(at: copy(progress.step), withIntermediateDirectories: true)
            try files.copyItem(
              at: cache.directory.appendingPathComponent(resume), to: copy(progress.step).appendingPathComponent(resume))
          } catch { failure = error }
        }
        if let failure { throw failure }
        for step in 1...11 {
          var first: TrainingProgress?
          let run = try CheckpointCache(directory: copy(step)).run(trainer, on: images) { first = first ?? $0 }
          #expect(run == whole, "killed after step \(step)")
          // Without a state in each step the last snapshot counts: there is none after steps 5 and 11.
          let expected = interval == .zero || ![5, 11].contains(step) ? step : step - 1
          #expect(first?.activity == .resumed && first?.step == expected)
        }
      }
    }
  }

  /// Between the files of one state, and between the entry and the removal of the state.
  @Test("A training resumes after a kill between two files")
  func killedBetweenFiles() throws {
    let trainer = trainer()
    let whole = try trainer.train(on: images)
    let key = try key(trainer)
    try withTemporaryDirectory { directory throws in
      let files = FileManager.default
      let cache = CheckpointCache(directory: directory)
      let resume = directory.appendingPathComponent("\(key).resume")
      let state = resume.appendingPathComponent("state.bin")
      cancel(cache, trainer, after: 4)
      let earlier = try Data(contentsOf: state)
      cancel(cache, trainer, after: 9)
      // The snapshots of step 9 are there, its state is not; a part of it is.
      try Data(contentsOf: state).prefix(1_000).write(to: resume.appendingPathComponent(".state.bin.1.partial"))
      try earlier.write(to: state)
      var first: TrainingProgress?
      #expect(try cache.run(trainer, on: images) { first = first ?? $0 } == whole)
      #expect(first?.activity == .resumed && first?.step == 4)
      #expect(try files.contentsOfDirectory(atPath: directory.path) == [key])

      try files.createDirectory(at: resume, withIntermediateDirectories: true)
      try earlier.write(to: state)
      #expect(try cache.run(trainer, on: images) { _ in Issue.record("it was trained again") } == whole)
      #expect(try files.contentsOfDirectory(atPath: directory.path) == [key])
    }
  }

  @Test("A damaged state is reported and the training starts over")
  func damagedState() throws {
    let trainer = trainer()
    let whole = try trainer.train(on: images)
    try withTemporaryDirectory { directory throws in
      let cache = CheckpointCache(directory: directory)
      let resume = directory.appendingPathComponent(try key(trainer) + ".resume")
      for name in ["state.bin", "snapshot-03.bin"] {
        for damage in ["cut", "empty", "flipped", "missing"] {
          cancel(cache, trainer, after: 7)
          let file = resume.appendingPathComponent(name)
          var bytes = try Data(contentsOf: file)
          switch damage {
          case "cut": try bytes.prefix(bytes.count / 2).write(to: file)
          case "empty": try Data().write(to: file)
          case "flipped":
            bytes[bytes.count / 3] ^= 4
            try bytes.write(to: file)
          default: try FileManager.default.removeItem(at: file)
          }
          var seen: [TrainingProgress] = []
          #expect(try cache.run(trainer, on: images) { seen.append($0) } == whole, "\(name) \(damage)")
          if name == "state.bin" && damage == "missing" {
            #expect(seen[0].activity == .step)
          } else if case .restarted(let reason) = seen[0].activity {
            #expect(reason.contains(name), "\(reason)")
          } else {
            Issue.record("\(name) \(damage): \(seen[0])")
          }
          #expect(seen.last!.step == 12)
          try FileManager.default.removeItem(at: directory.appendingPathComponent(try key(trainer)))
        }
      }
    }
  }

  @Test("A state that the code of another revision has left is not gone on from")
  func otherRevision() throws {
    let trainer = trainer()
    try withTemporaryDirectory { directory throws in
      cancel(CheckpointCache(directory: directory), trainer, after: 4)
      let resume = directory.appendingPathComponent(try key(trainer) + ".resume")
      var training = CheckpointCache.Training(trainer, images: images, initial: nil)
      training.kernelRevision = 99
      guard case .unusable(let reason) = ResumeDirectory(resume, training: training, interval: .zero).load() else {
        Issue.record("it was read")
        return
      }
      #expect(reason.contains("it belongs to another training"))
    }
  }

  @Test("No flipped bit and no cut of a state goes unnoticed")
  func flippedBits() throws {
    let network = NetworkDescription(
      name: "least", input: ActivationShape(channels: 3, height: 32, width: 32), layers: [.maxPool(16), .dense(10, relu: false)])
    let trainer = trainer(.adam(), network)
    try withTemporaryDirectory { directory throws in
      cancel(CheckpointCache(directory: directory), trainer, after: 1)
      let training = CheckpointCache.Training(trainer, images: images, initial: nil)
      let resume = ResumeDirectory(
        directory.appendingPathComponent(try training.key() + ".resume"), training: training, interval: .zero)
      let file = resume.directory.appendingPathComponent("state.bin")
      let bytes = try Data(contentsOf: file)
      guard case .found(let state) = resume.load(), state.step == 1 else {
        Issue.record("the state was not read")
        return
      }
      func isRefused(_ damaged: Data) throws -> Bool {
        try damaged.write(to: file)
        if case .unusable = resume.load() { return true }
        return false
      }
      for position in stride(from: 0, to: bytes.count, by: 7) {
        var damaged = bytes
        damaged[position] ^= 1 << UInt8(position % 8)
        #expect(try isRefused(damaged), "byte \(position)")
      }
      for count in stride(from: 0, to: bytes.count, by: 13) { #expect(try isRefused(bytes.prefix(count)), "\(count) bytes") }
      // Under a right checksum: an error or another state, but no crash.
      for position in stride(from: 8, to: bytes.count - 8, by: 3) {
        for value: UInt8 in [0, 0x7F, 0xFF] {
          var damaged = bytes.dropLast(8)
          damaged[position] = value
          var hash = ContentHash()
          damaged.withUnsafeBytes { hash.combine($0) }
          damaged.append(number: hash.value)
          _ = try isRefused(damaged)
        }
      }
    }
  }

  @Test("Two processes that train the same do not disturb each other")
  func twoProcesses() async throws {
    let trainers = [trainer(), Trainer(.small, trainer().parameters, compute: ComputeThread(threads: 1))]
    let whole = try trainers[0].train(on: images)
    let images = images
    for _ in 0..<4 {
      let directory = FileManager.default.temporaryDirectory.appendingPathComponent("two-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: directory) }
      await withTaskGroup(of: TrainingRun?.self) { group in
        for trainer in trainers {
          group.addTask {
            await withCheckedContinuation { continuation in
              Thread.detachNewThread {
                continuation.resume(
                  returning: try? CheckpointCache(directory: directory, stateInterval: .zero).run(trainer, on: images))
              }
            }
          }
        }
        for await run in group { #expect(run == whole) }
      }
      #expect(try CheckpointCache(directory: directory).run(trainers[0], on: images) == whole)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [try key(trainers[0])])
    }
  }

  @Test("A state that cannot be kept is reported and does not end the training")
  func notKept() throws {
    let trainer = trainer()
    try withTemporaryDirectory { directory throws in
      // A file in the place of the state's directory.
      try Data().write(to: directory.appendingPathComponent(try key(trainer) + ".resume"))
      var problems = 0
      let run = try CheckpointCache(directory: directory).run(trainer, on: images) { progress in
        if case .notKept(let reason) = progress.activity, reason.contains(".resume") { problems += 1 }
      }
      #expect(problems == 9)
      #expect(run.snapshots.count == 10)
    }
  }
}
