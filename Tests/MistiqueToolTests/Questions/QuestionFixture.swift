import ConvolutionalNetworks
import Foundation
import Mistique
import TestSupport
import Testing

/// Stores to ask questions of: a pipeline over homes.csv, and a network over generated images that are there as files too.
struct QuestionFixture {
  let folder = TemporaryDirectory("questions")

  static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  static let images = GeneratedImages(seed: 7).images(count: 60)
  static let network = ModelIdentity(project: "net", name: "small")

  func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  /// The pipeline's intermediates: `read`, `scaled` (the price between 0 and 1), `votes` (p0, p1, p2), `sides` (rooms, price, p0), `split_train` and `split_test` (half of the rows each).
  static func homes(policy: String = "dedup") throws -> QuestionFixture {
    let fixture = QuestionFixture()
    try FileManager.default.createDirectory(atPath: fixture.path("data"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: sources.appendingPathComponent("homes.csv"), to: URL(fileURLWithPath: fixture.path("data/homes.csv")))
    try Data(
      """
      name: m
      project: p
      inputs: {homes: homes.csv}
      stages:
        - {name: read, transformer: ReadCSV, inputs: [homes]}
        - {name: scaled, transformer: Scale, inputs: [read], parameters: {columns: [price], method: minmax}}
        - {name: votes, transformer: SelectColumn, inputs: [read], parameters: {columns: [p0, p1, p2]}}
        - {name: sides, transformer: SelectColumn, inputs: [read], parameters: {columns: [rooms, price, p0]}}
        - {name: split, transformer: TrainTestSplit, inputs: [read], parameters: {test_fraction: 0.5, seed: 1}}
      """.utf8
    ).write(to: URL(fileURLWithPath: fixture.path("p.yaml")))
    try fixture.output("log", "p.yaml", "--data", "data", "--store", "S", "--policy", policy)
    return fixture
  }

  /// The network `net.small` over 60 images; `cifar-10-batches-bin`, `images.npy` and `labels.npy` hold these.
  static func network(policy: StoragePolicy = .dedup, images: ImageSet = images) throws -> QuestionFixture {
    let fixture = QuestionFixture()
    let description = NetworkDescription(
      name: "small", input: ActivationShape(channels: 3, height: 32, width: 32),
      layers: [.convolution(4), .maxPool(2), .dense(12), .dense(10, relu: false)])
    let store = try IntermediateStore(at: URL(fileURLWithPath: fixture.path("S")))
    let model = try NetworkModel(
      description, checkpoint: .initial(for: description, seed: 3), input: NetworkInput(images))
    try store.logIntermediates(of: model, as: network, policy: policy)
    try store.close()
    try fixture.writeImages()
    return fixture
  }

  private func writeImages() throws {
    let (images, size) = (Self.images, ImageSet.pixelsPerImage)
    try FileManager.default.createDirectory(atPath: path("cifar-10-batches-bin"), withIntermediateDirectories: true)
    // More images than were logged: the first are meant.
    let more = GeneratedImages(seed: 7).images(count: 70)
    let records = (0..<70).flatMap { [more.labels[$0]] + more.pixels[$0 * size..<($0 + 1) * size] }
    try Data(records).write(to: URL(fileURLWithPath: path("cifar-10-batches-bin/data_batch_1.bin")))
    try Self.npy("|u1", [60, 3, 32, 32], images.pixels).write(to: URL(fileURLWithPath: path("images.npy")))
    try Self.npy("|u1", [60], images.labels).write(to: URL(fileURLWithPath: path("labels.npy")))
  }

  /// A `.npy` file as NumPy writes it.
  static func npy(_ type: String, _ shape: [Int], _ bytes: [UInt8]) -> Data {
    let dimensions = shape.map { "\($0)," }.joined(separator: " ")
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(dimensions)), }"
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    let length = header.utf8.count
    return Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(header.utf8) + bytes)
  }

  func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Command.Result {
    try Command(["\(ToolFixture.programs)/mistique"] + arguments, in: folder.url, environment: environment).finish()
  }

  @discardableResult
  func output(_ arguments: String..., at location: SourceLocation = #_sourceLocation) throws -> String {
    let result = try run(arguments)
    try #require(result.status == 0, "\(arguments): \(result.errors)", sourceLocation: location)
    return result.output
  }

  /// The answer in JSON.
  func ask(_ arguments: String..., at location: SourceLocation = #_sourceLocation) throws -> JSONAnswer {
    let result = try run(arguments + ["--format", "json"])
    try #require(result.status == 0, "\(arguments): \(result.errors)", sourceLocation: location)
    return try JSONAnswer(result.output)
  }

  /// Expects a failure whose message has all of `parts`.
  func expectError(_ arguments: [String], status: Int32 = 1, _ parts: String..., at location: SourceLocation = #_sourceLocation) throws {
    let result = try run(arguments)
    #expect(result.status == status, "\(arguments): \(result.output)\(result.errors)", sourceLocation: location)
    for part in parts { #expect(result.errors.contains(part), "\(arguments): \(result.errors)", sourceLocation: location) }
  }
}

/// An answer as a program reads it.
struct JSONAnswer {
  let object: [String: Any]

  init(_ text: String) throws {
    object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private init(object: [String: Any]) { self.object = object }

  var columns: [String] { object["columns"] as? [String] ?? [] }
  var rows: [[Any]] { object["rows"] as? [[Any]] ?? [] }

  /// A fact.
  func number(_ name: String) throws -> Double {
    let facts = try #require(object["facts"] as? [String: Any])
    return try #require((facts[name] as? NSNumber)?.doubleValue, "\(name) in \(facts)")
  }

  func table(_ name: String) throws -> JSONAnswer { JSONAnswer(object: try #require(object[name] as? [String: Any])) }

  /// A column's numbers; null, NaN and infinities are NaN.
  func numbers(_ name: String) throws -> [Double] {
    let place = try #require(columns.firstIndex(of: name), "\(name) in \(columns)")
    return rows.map { ($0[place] as? NSNumber)?.doubleValue ?? .nan }
  }

  func texts(_ name: String) throws -> [String] {
    let place = try #require(columns.firstIndex(of: name), "\(name) in \(columns)")
    return rows.map { $0[place] as? String ?? "" }
  }
}
