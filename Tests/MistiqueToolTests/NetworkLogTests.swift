import ConvolutionalNetworks
import Foundation
import TestSupport
import Testing

/// `mistique log` of networks: from YAML, weights and arrays to answers and re-runs.
struct NetworkLogTests {
  private let fixture = QuestionFixture()

  private static let yaml = """
    name: rows
    input: [5]
    layers:
      - dense: {units: 4, bias: false, relu: false, module: net.0}
      - layerNormalization: {module: net.1}
      - gelu
      - dense: {units: 2, relu: false, module: net.3}
    """

  private func write(_ name: String, _ data: Data) throws { try data.write(to: URL(fileURLWithPath: fixture.path(name))) }

  private static func npy(_ shape: [Int], _ values: [Float]) -> Data {
    QuestionFixture.npy("<f4", shape, values.withUnsafeBytes { Array($0) })
  }

  private static let values = (0..<100).map { Float(($0 * 37) % 23) / 8 - 1 }

  /// The network's files; `change` may spoil the weights.
  private func files(_ change: (inout [Checkpoint.Tensor]) -> Void = { _ in }) throws {
    func values(_ count: Int) -> [Float] { (0..<count).map { Float(($0 * 13) % 11) / 7 - 0.6 } }
    var tensors: [Checkpoint.Tensor] = [
      .init(name: "net.0.weight", shape: [4, 5], values: values(20)), .init(name: "net.1.weight", shape: [4], values: values(4)),
      .init(name: "net.1.bias", shape: [4], values: values(4)), .init(name: "net.3.weight", shape: [2, 4], values: values(8)),
      .init(name: "net.3.bias", shape: [2], values: [0.5, -0.25]),
    ]
    change(&tensors)
    try write("net.yaml", Data(Self.yaml.utf8))
    try write("net.safetensors", Checkpoint(tensors).safetensors())
    try write("rows.npy", Self.npy([20, 5], Self.values))
  }

  private static let log = ["log", "net.yaml", "--weights", "net.safetensors", "--images", "rows.npy", "--store", "S"]

  @Test("A network is logged from its files, answers questions, and is re-run on the same array only")
  func logging() throws {
    try files { $0.append(.init(name: "head.weight", shape: [1], values: [1])) }
    let logged = try fixture.run(Self.log)
    #expect(logged.status == 0, "\(logged.errors)")
    #expect(logged.output.hasPrefix("networks.rows: 5 intermediates in "), "\(logged.output)")
    #expect(logged.errors.contains("no layer reads these tensors of net.safetensors: head.weight"), "\(logged.errors)")
    let read = try fixture.output("get", "S", "networks.rows.layer4.*", "--rows", "0,19")
    let rerun = ["get", "S", "networks.rows.layer4.*", "--rows", "0,19", "--plan", "rerun", "--images"]
    let again = try fixture.run(rerun + ["rows.npy"])
    #expect(again.status == 0 && again.output == read && again.errors.contains("re-run (5 stages)"), "\(again.errors)")
    // More rows behind those that were logged are no others.
    try write("more.npy", Self.npy([21, 5], Self.values + [1, 2, 3, 4, 5]))
    #expect(try fixture.run(rerun + ["more.npy"]).output == read)
    var other = Self.values
    other[99] = other[99].nextUp
    try write("other.npy", Self.npy([20, 5], other))
    try fixture.expectError(
      rerun + ["other.npy"], "networks.rows: it was logged on other values than the first 20 rows of", "other.npy. Give those")
    try write("few.npy", Self.npy([19, 5], Array(Self.values[..<95])))
    try fixture.expectError(rerun + ["few.npy"], "it has 19 rows, and 20 are needed")
    try fixture.expectError(Self.log, "networks.rows: a model of that name is in the store")
    try fixture.output(
      "log", "net.yaml", "--weights", "net.safetensors", "--images", "rows.npy", "--store", "S", "--name", "few", "--limit", "3")
    #expect(
      try fixture.output("get", "S", "networks.few.layer4.*", "--rows", "0").split(separator: "\n").last
        == read.split(separator: "\n")[1])
  }

  @Test("Labels of an array's rows come from a file")
  func labels() throws {
    try files()
    #expect(try fixture.run(Self.log).status == 0)
    try write("labels.npy", QuestionFixture.npy("|u1", [20], (0..<20).map { $0 % 2 }))
    try fixture.output("vis", "S", "networks.rows.layer4.*", "--images", "rows.npy", "--labels", "labels.npy")
    try fixture.expectError(
      ["vis", "S", "networks.rows.layer4.*", "--images", "rows.npy"], "it is an array, which has no classes")
    try fixture.expectError(
      ["log", "net.yaml", "--weights", "net.safetensors", "--images", "rows.npy", "--labels", "labels.npy", "--store", "T"], status: 64,
      "--labels labels.npy: rows.npy is an array of values, with which no classes are stored")
  }

  @Test("Files that do not fit are refused before a store is made, each with what to do")
  func refused() throws {
    try files()
    func expect(_ arguments: [String], _ parts: String..., status: Int32 = 1, at place: SourceLocation = #_sourceLocation) throws {
      let result = try fixture.run(arguments)
      #expect(result.status == status, "\(result.output)\(result.errors)", sourceLocation: place)
      for part in parts { #expect(result.errors.contains(part), "\(result.errors)", sourceLocation: place) }
    }
    let start = ["log", "net.yaml", "--store", "S"]
    try expect(start, "Give --data with a pipeline's input files, or --weights and --images for a network", status: 64)
    try expect(start + ["--weights", "net.safetensors"], "A network needs both", status: 64)
    try expect(Self.log + ["--data", "."], "--data and variants belong to pipelines", status: 64)
    try expect(Self.log + ["--limit", "0"], "--limit 0", status: 64)
    try expect(start + ["--weights", "no.safetensors", "--images", "rows.npy"], "--weights: there is no 'no.safetensors'", status: 64)
    try expect(start + ["--weights", "rows.npy", "--images", "rows.npy"], "not a safetensors file but a NumPy array")
    try write("wide.npy", Self.npy([10, 10], Self.values))
    try expect(start + ["--weights", "net.safetensors", "--images", "wide.npy"], "the input of network rows is N x 5")
    try write("none.npy", Self.npy([0, 5], []))
    try expect(start + ["--weights", "net.safetensors", "--images", "none.npy"], "it has no rows")
    var values = Self.values
    values[7] = .nan
    try write("nan.npy", Self.npy([20, 5], values))
    try expect(start + ["--weights", "net.safetensors", "--images", "nan.npy"], "the value 2 of row 1 is nan")
    try write("odd.yaml", Data(Self.yaml.replacingOccurrences(of: "- gelu", with: "- MultiheadAttention: {}").utf8))
    try expect(
      ["log", "odd.yaml", "--weights", "net.safetensors", "--images", "rows.npy", "--store", "S"],
      "layers.3.MultiheadAttention: unknown entry",
      "the Python package mistique")
    try files { $0[0] = .init(name: "net.0.weight", shape: [5, 4], values: Array(repeating: 1, count: 20)) }
    try expect(Self.log, "Error: layer dense1: tensor net.0.weight of ", "net.safetensors has the shape [5, 4], and the layer needs [4, 5]")
    #expect(!FileManager.default.fileExists(atPath: fixture.path("S")))
  }
}
