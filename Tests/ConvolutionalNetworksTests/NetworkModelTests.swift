import ConvolutionalNetworks
import Foundation
import Mistique
import TestSupport
import Testing

struct NetworkModelTests {
  let folder = TemporaryDirectory("network")
  let description = NetworkDescription(
    name: "small", input: ActivationShape(channels: 3, height: 32, width: 32),
    layers: [.convolution(4), .maxPool(2), .convolution(6), .maxPool(2), .dense(12), .dense(10, relu: false)])
  let input = NetworkInput(GeneratedImages(seed: 4).images(count: 150))
  let identity = ModelIdentity(project: "test", name: "small")

  private func store() throws -> IntermediateStore {
    let store = try IntermediateStore(at: folder.url)
    let input = input
    store.register(kind: NetworkModel.kind) { try NetworkModel(restoring: $0, input: input) }
    return store
  }

  @Test("Every layer is logged, read and re-run to the same bits, by a store that was opened anew")
  func readEqualsRerun() throws {
    let checkpoint = try Checkpoint.initial(for: description, seed: 8)
    try store().logIntermediates(of: try NetworkModel(description, checkpoint: checkpoint, input: input), as: identity)
    let store = try store()
    let layers = try store.intermediates(of: identity)
    #expect(layers.map(\.name) == (0...6).map { "layer\($0)" })
    #expect(layers.map(\.columns) == [3072, 4096, 1024, 1536, 384, 12, 10])
    let keys = layers.map { IntermediateKey(model: identity, intermediate: $0.name) }
    for rows in [RowRequest.all, .ids([149, 3, 77]), .ids([])] {
      let read = try store.getIntermediates(keys, rows: rows, plan: .read)
      let rerun = try store.getIntermediates(keys, rows: rows, plan: .rerun)
      for (a, b) in zip(read, rerun) { #expect(a.isIdentical(to: b), "\(a.intermediate)") }
    }
  }

  @Test("A network is logged over no examples: every layer has its shape and no rows")
  func noExamples() throws {
    let none = NetworkInput(values: [], shape: description.input)
    let store = try IntermediateStore(at: folder.url)
    store.register(kind: NetworkModel.kind) { try NetworkModel(restoring: $0, input: none) }
    let checkpoint = try Checkpoint.initial(for: description, seed: 8)
    try store.logIntermediates(of: try NetworkModel(description, checkpoint: checkpoint, input: none), as: identity)
    let layers = try store.intermediates(of: identity)
    #expect(layers.map(\.columns) == [3072, 4096, 1024, 1536, 384, 12, 10] && layers.allSatisfy { $0.rows == 0 })
    for plan in [QueryPlan.Preference.read, .rerun] {
      let answer = try store.getIntermediates(["test.small.layer3.*"], plan: plan)[0]
      #expect(answer.matrix?.rows == 0 && answer.matrix?.columns == 1536, "\(plan)")
    }
  }

  @Test("A map of one image is one frame, and re-running a layer runs only the layers up to it")
  func costs() throws {
    let store = try store()
    let checkpoint = try Checkpoint.initial(for: description, seed: 8)
    try store.logIntermediates(of: try NetworkModel(description, checkpoint: checkpoint, input: input), as: identity)
    let read = try store.getIntermediates(["test.small.layer1.n2"], rows: .ids([90]), plan: .read)[0]
    #expect(read.cost.framesDecoded == 1)
    let rerun = try store.getIntermediates(["test.small.layer2.*"], rows: .ids([90]), plan: .rerun)[0]
    #expect(rerun.cost.stagesRun == 3, "the input and two layers")
  }

  @Test("A layer is run from stored ones to the bits of a run from the images, and only what remains is run")
  func runFromStoredLayers() throws {
    let store = try store()
    let model = try NetworkModel(description, checkpoint: .initial(for: description, seed: 8), input: input)
    try store.logIntermediates(of: model, as: identity)
    #expect(model.stages.map(\.reads) == [[]] + (0..<6).map { ["layer\($0)"] })
    let identity = identity
    @Sendable func stored(_ name: String, _ ids: [Int64]) throws -> FloatMatrix {
      let key = IntermediateKey(model: identity, intermediate: name)
      return try #require(try store.getIntermediates([key], rows: .ids(ids), plan: .read)[0].matrix)
    }
    let available = AvailableIntermediates(
      names: ["layer2", "layer4", "layer5", "layer77"],
      maps: { name, rows, body in
        let matrix = try stored(name, Array(rows))
        try rows.indices.flatMap { Array(matrix.row($0 - rows.startIndex)) }.withUnsafeBufferPointer { try body($0) }
      }, frame: { _ in preconditionFailure("a network has no frames") })
    for (rows, wanted, ran) in [
      (RowRequest.ids([149, 3, 77, 900]), Set(["layer6"]), [6]), (.all, ["layer3"], [3]), (.ids([5]), ["layer4", "layer6"], [3, 4, 6]),
      (.all, ["layer1"], [0, 1]), (.ids([]), ["layer6"], []),
    ] {
      var emitted: [String: [Int64]] = [:]
      let measured = try model.execute(ExecutionRequest(intermediates: wanted, rows: rows, available: available)) { name, piece in
        guard case .maps(let values, let ids, let schema, let order) = piece else { return }
        emitted[name, default: []] += ids.array
        let expected = try stored(name, ids.array)
        for row in 0..<ids.count {
          let got = try schema.row(row, of: values, order)
          #expect(got.elementsEqual(expected.row(row)) { $0.bitPattern == $1.bitPattern }, "\(name), row \(ids[row])")
        }
      }
      let ids: [Int64] =
        switch rows {
        case .all: Array(0..<150)
        case .ids(let ids): ids.filter { $0 < 150 }.sorted()
        }
      for name in wanted { #expect(emitted[name, default: []] == ids, "\(name)") }
      #expect(measured.map(\.stage) == ran, "\(wanted)")
    }
  }

  @Test("Two checkpoints that share a tensor store it once, and an equal layer once")
  func sharedTensors() throws {
    let store = try store()
    let first = try Checkpoint.initial(for: description, seed: 8)
    let changed = Checkpoint(
      first.tensors.map { tensor in
        tensor.name == "layer6.weights" ? .init(name: tensor.name, shape: tensor.shape, values: tensor.values.map { $0 + 1 }) : tensor
      })
    let whole = try store.logIntermediates(of: try NetworkModel(description, checkpoint: first, input: input), as: identity)
    let second = try store.logIntermediates(
      of: try NetworkModel(description, checkpoint: changed, input: input), as: ModelIdentity(project: "test", name: "changed"))
    #expect(second.chunks - second.duplicateChunks == 1, "only the logits differ")
    #expect(second.storedBytes < whole.storedBytes / 50)
  }

  @Test("Dropout layers are stored as references under DEDUP, in every scheme", arguments: [QuantizationScheme.none, .kbit(8), .pool(2)])
  func layersThatRepeat(scheme: QuantizationScheme) throws {
    let plain: [LayerDescription] = [
      .convolution(4, relu: false), .relu, .maxPool(2), .flatten, .dense(24, relu: false), .relu, .dense(10, relu: false), .softmax,
    ]
    var repeating = plain
    repeating.insert(.dropout(0.5), at: 6)
    repeating.insert(.dropout(0.25), at: 3)
    // Layer i of the first is layer numbers[i] of the second.
    let numbers = [0, 1, 2, 3, 5, 6, 7, 9, 10]
    let networks = [plain, repeating].map { NetworkDescription(name: "n", input: description.input, layers: $0) }
    let weights = try Checkpoint.initial(for: networks[0], seed: 8)
    let renumbered = Checkpoint(
      weights.tensors.map { tensor -> Checkpoint.Tensor in
        let number = Int(tensor.name.dropFirst(5).prefix { $0 != "." })!
        let role = tensor.name.drop { $0 != "." }
        return .init(name: "layer\(numbers[number])\(role)", shape: tensor.shape, values: tensor.values)
      })
    let store = try store()
    let reports = try zip(networks, [weights, renumbered]).enumerated().map { place, pair in
      let alone = try IntermediateStore(at: folder.url.appendingPathComponent("alone-\(place)"))
      defer { try? alone.close() }
      let model = try NetworkModel(pair.0, checkpoint: pair.1, input: input)
      if place == 1 { try store.logIntermediates(of: model, as: identity, policy: .dedup.quantized(scheme)) }
      return try alone.logIntermediates(of: model, as: identity, policy: .dedup.quantized(scheme))
    }
    let new = reports.map { $0.chunks - $0.duplicateChunks }
    #expect(new[0] == new[1], "the dropout layers add no chunk")
    #expect(reports[1].chunks > reports[0].chunks && reports[1].duplicateBytes > reports[0].duplicateBytes)
    let bytes = reports.map { $0.storedBytes - $0.transformerBytes }
    #expect(bytes[1] - bytes[0] < 4_096, "references, the names of two more layers and a longer description: \(bytes)")
    // The repeating layer reads as the one that it repeats.
    for (layer, source) in [(4, 3), (8, 7)] {
      let answers = try store.getIntermediates(["test.small.layer\(layer).*", "test.small.layer\(source).*"], plan: .read)
      let (repeated, read) = (try #require(answers[0].matrix), try #require(answers[1].matrix))
      #expect(repeated.rows == 150 && read.rows == 150 && (0..<150).allSatisfy { repeated.row($0).elementsEqual(read.row($0)) })
    }
    guard scheme == .none else { return }
    let (read, rerun) = (
      try store.getIntermediates(["test.small.layer4.n2", "test.small.layer10.*"], plan: .read),
      try store.getIntermediates(["test.small.layer4.n2", "test.small.layer10.*"], plan: .rerun)
    )
    for (a, b) in zip(read, rerun) { #expect(a.isIdentical(to: b), "\(a.intermediate)") }
  }

  @Test("A network is not re-run on other images than it was logged with")
  func otherImages() throws {
    let checkpoint = try Checkpoint.initial(for: description, seed: 8)
    try store().logIntermediates(of: try NetworkModel(description, checkpoint: checkpoint, input: input), as: identity)
    let store = try IntermediateStore(at: folder.url)
    let others = NetworkInput(GeneratedImages(seed: 5).images(count: 150))
    store.register(kind: NetworkModel.kind) { try NetworkModel(restoring: $0, input: others) }
    let error = #expect(throws: NetworkModelError.self) { try store.getIntermediates(["test.small.layer1.*"], plan: .rerun) }
    #expect(error?.description.hasPrefix("test.small: it was logged on other images (150, given are 150).") == true)
  }

  @Test("ROW_DIFF: adversarial images are logged beside the clean ones, raise the loss, and differ in a layer as a re-run says")
  func adversaries() throws {
    let checkpoint = try Checkpoint.initial(for: description, seed: 8)
    let rows = Array(0..<20)
    let adversary = try InputGradient(description, weights: checkpoint)
    let moved = NetworkInput(try adversary.adversarialImages(input.images, rows: rows, epsilon: 4.0 / 255))
    let clean = NetworkInput(input.images[0..<20])
    #expect(zip(moved.images.pixels, clean.images.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 4 })

    let store = try IntermediateStore(at: folder.url)
    let inputs = [clean.identity: clean, moved.identity: moved]
    // Each model is re-run on the images it was logged with: the specification says which.
    store.register(kind: NetworkModel.kind) { stored in
      let input = try #require(inputs.first { stored.specification.contains($0.key) }?.value)
      return try NetworkModel(restoring: stored, input: input)
    }
    for (name, input) in [("clean", clean), ("adversarial", moved)] {
      try store.logIntermediates(
        of: try NetworkModel(description, checkpoint: checkpoint, input: input), as: ModelIdentity(project: "test", name: name))
    }
    for layer in [2, 6] {
      let keys = ["clean", "adversarial"].map { "test.\($0).layer\(layer).*" }
      let read = try store.getIntermediates(keys, rows: .ids([7]), plan: .read)
      let rerun = try store.getIntermediates(keys, rows: .ids([7]), plan: .rerun)
      for (a, b) in zip(read, rerun) { #expect(a.isIdentical(to: b), "layer \(layer)") }
      #expect(read[0].matrix!.row(0) != read[1].matrix!.row(0))
    }
    let losses = try ["clean", "adversarial"].map { name in
      let logits = try store.getIntermediates(["test.\(name).layer6.*"], plan: .read)[0].matrix!
      return rows.map { row in
        let values = logits.row(row).map(Double.init)
        return log(values.map(exp).reduce(0, +)) - values[Int(clean.images.labels[row])]
      }
    }
    #expect(zip(losses[0], losses[1]).allSatisfy { $0 < $1 }, "every image's loss rises along the sign of its gradient")
  }
}

extension IntermediateSchema {
  /// A row of emitted maps, channel-major.
  fileprivate func row(_ row: Int, of values: UnsafeBufferPointer<Float>, _ order: MapOrder) throws -> [Float] {
    guard case .maps(let channels, let height, let width) = self else { throw NetworkError.noLayers(network: "no maps") }
    let row = values[(row * columnCount)..<((row + 1) * columnCount)]
    guard order == .channelsLast else { return Array(row) }
    return (0..<columnCount).map { row[row.startIndex + $0 % (height * width) * channels + $0 / (height * width)] }
  }
}
