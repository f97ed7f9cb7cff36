import ArrayFiles
import ConvolutionalNetworks
import Foundation
import TestSupport
import Testing

@testable import experiments

/// The experiment as a user runs it.
@Suite(.serialized) struct PoliciesTests {
  let program = ExperimentsProgram()

  private var folder: TemporaryDirectory { program.folder }

  private func run(_ arguments: [String], data: String = "") throws -> Command.Result {
    try program.start(["run", "policies", "--scale", "smoke", "--repetitions", "1"] + arguments, data: data).finish()
  }

  private func policies(_ records: RecordedRows) -> Set<String> {
    Set(records.all.filter { $0["metric"] == "storedBytes" }.compactMap { $0["policy"] })
  }

  private func write(_ text: String, _ name: String) throws -> String {
    let file = folder.url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  @Test("Without a model the generated arrays are compared under all policies, and the answer is a table, a figure and a sentence")
  func generated() throws {
    let result = try run([])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains(" of neighbours at ") && result.output.contains("logging: over copying the arrays"))
    let records = try program.records("smoke/policies")
    #expect(
      policies(records) == [
        "STORE_ALL", "DEDUP", "LP", "8BIT", "KBIT(3)", "THRESHOLD", "BOUND(0.2 rms)", "ladder(0.2 rms)", "pool(2)", "pool(S)",
      ])
    func value(_ metric: String, _ policy: String, _ intermediate: String = "all", question: String = "none") throws -> Double {
      try records.value(metric, ["policy": policy, "intermediate": intermediate, "question": question])
    }
    // 200 rows: 512 + 64 float32, 10 float64, 1 uint8.
    #expect(try value("rawBytes", "raw") == 200 * (576 * 4 + 80 + 1))
    for name in ["maps", "features", "scores", "kinds"] {
      for policy in ["STORE_ALL", "DEDUP"] {
        #expect(try value("greatestError", policy, name) == 0 && value("neighboursKept", policy, name) == 1)
      }
      #expect(try value("bytesRead", "8BIT", name, question: "POINTQ") <= value("bytesRead", "8BIT", name, question: "all values"))
    }
    for (smaller, larger) in [("8BIT", "LP"), ("KBIT(3)", "8BIT"), ("THRESHOLD", "KBIT(3)"), ("LP", "DEDUP"), ("pool(S)", "pool(2)")] {
      #expect(try value("storedBytes", smaller) < value("storedBytes", larger))
    }
    #expect(try value("neighboursKept", "8BIT", "maps") > value("neighboursKept", "THRESHOLD", "maps"))
    #expect(try value("greatestError", "pool(2)", "scores") == 0, "a table is not pooled")
    let figure = folder.path + "/Results/runs/smoke/policies/policies"
    for type in ["png", "svg", "gp", "dat"] { #expect(FileManager.default.fileExists(atPath: "\(figure).\(type)")) }
    #expect(try program.start(["figures", "policies", "--scale", "smoke"]).finish().status == 0)
  }

  @Test("A network with its weights is compared, on generated images where there are no others")
  func network() throws {
    let yaml = """
      name: tiny
      input: [3, 32, 32]
      layers:
        - convolution: {channels: 4, stride: 4}
        - maxPool: 2
        - dense: {units: 10, relu: false}
      """
    let path = try write(yaml, "nets/tiny.yaml")
    let missing = try run(["--model", path])
    #expect(missing.status == 1 && missing.output.contains("tiny.safetensors") && missing.output.contains("--weights"))
    let description = try NetworkDescription(yaml: yaml, origin: "tiny")
    let weights = folder.url.appendingPathComponent("nets/tiny.safetensors")
    try Checkpoint.initial(for: description, seed: 1).safetensors().write(to: weights)
    let result = try run(["--model", path])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("logging: over running the network"))
    let records = try program.records("smoke/policies")
    #expect(policies(records).count == 10)
    #expect(Set(records.all.compactMap { $0["intermediate"] }) == ["all", "layer0", "layer1", "layer2", "layer3"])
    #expect(try records.value("rows", ["intermediate": "layer1"]) == 100)
    let other = try write(yaml.replacing("units: 10", with: "units: 11"), "nets/other.yaml")
    let unfit = try run(["--model", other, "--weights", weights.path])
    #expect(unfit.status == 1 && unfit.output.contains("does not fit other.yaml"))
  }

  @Test("A network on rows of another shape is compared on the array that --images names, and without one that is asked for")
  func otherInput() throws {
    let yaml = """
      name: rows
      input: [5]
      layers:
        - dense: {units: 8}
        - dense: {units: 3, relu: false}
      """
    let path = try write(yaml, "nets/rows.yaml")
    let description = try NetworkDescription(yaml: yaml, origin: "rows")
    try Checkpoint.initial(for: description, seed: 1).safetensors().write(to: folder.url.appendingPathComponent("nets/rows.safetensors"))
    let without = try run(["--model", path])
    #expect(without.status == 1 && without.output.contains("--images"), "\(without.output)")
    let array = folder.url.appendingPathComponent("rows.npy")
    var file = try NPYWriter(array, type: "<f4", shape: [60, 5])
    try (0..<60 * 5).map { sin(Float($0)) }.withUnsafeBytes { try file.write($0) }
    try file.commit()
    let result = try run(["--model", path, "--images", array.path])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    let records = try program.records("smoke/policies")
    #expect(try records.value("rows", ["intermediate": "layer1"]) == 60)
  }

  @Test("A pipeline with variants is compared; its tables have no maps, which is said")
  func pipeline() throws {
    let rows = (0..<60).map { "\($0),\($0 % 9 == 0 ? "" : "\(Double($0 * 37 % 101) / 7)"),\($0 % 3)" }
    _ = try write(("id,x,kind" + rows.map { "\n" + $0 }.joined()) + "\n", "data/t.csv")
    let yaml = """
      name: small
      project: own
      inputs: {t: t.csv}
      stages:
        - {name: read, transformer: ReadCSV, inputs: [t]}
        - {name: filled, transformer: FillNA, inputs: [read]}
      variants:
        zero: {}
        mean: {filled: {strategy: mean}}
      """
    let path = try write(yaml, "pipes/small.yaml")
    let missing = try run(["--model", path])
    #expect(missing.status == 1 && missing.output.contains("t.csv") && missing.output.contains("--data"))
    let result = try run(["--model", path], data: folder.path + "/data")
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("logging: over running the pipeline") && result.output.contains("Left out: pool(2), pool(S)."))
    let records = try program.records("smoke/policies")
    #expect(policies(records) == ["STORE_ALL", "DEDUP", "LP", "8BIT", "KBIT(3)", "THRESHOLD", "BOUND(0.2 rms)"])
    #expect(try records.value("models", ["policy": "raw"]) == 2)
    // 52 different numbers, and at most 256 codes.
    #expect(try records.value("greatestError", ["policy": "8BIT", "intermediate": "read"]) == 0)
    #expect(try records.value("greatestError", ["policy": "KBIT(3)", "intermediate": "read"]) > 0)
  }

  @Test("One row, NaN, a constant and names that need quotes are compared as far as they can be", .enabled(if: NumPy.isInstalled))
  func extremes() throws {
    let script = """
      import numpy as np, os
      r = np.random.default_rng(2)
      def save(folder, arrays):
          os.makedirs(folder)
          for name, array in arrays.items(): np.save(folder + "/" + name + ".npy", array)
      a = r.normal(size=(60, 6)).astype("f4")
      b = a.copy(); b[3, 2] = np.nan; b[7] = np.inf
      c = r.normal(size=(60, 3)); c[5, 1] = np.nan; c[6, 2] = np.inf
      save("one", {"a": a[:1]})
      save("odd", {"a.b c`d": a, "*": b, "c": c, "none": np.full((60, 3), np.nan, "f4"), "same": np.full((60, 5), 7.0, "f4")})
      """
    #expect(try Command(["python3", "-c", script], in: folder.url).finish().status == 0)
    let one = try run(["--model", folder.path + "/one"])
    #expect(one.status == 0 && one.output.contains("keeps every value at"), "\(one.output)\(one.errors)")
    let odd = try run(["--model", folder.path + "/odd"])
    #expect(odd.status == 0, "\(odd.output)\(odd.errors)")
    #expect(
      odd.output.contains("no SVCCA of none: NaN or infinite values")
        && odd.output.contains("8BIT makes 1 of the compared values NaN or infinite that are not"))
    let records = try program.records("smoke/policies")
    #expect(Set(records.all.compactMap { $0["intermediate"] }) == ["all", "a.b c`d", "*", "c", "none", "same"])
  }

  @Test("What is no model is one clear error each, with status 1, and keeps the results that were there")
  func clearErrors() throws {
    try FileManager.default.createDirectory(at: folder.url.appendingPathComponent("none"), withIntermediateDirectories: true)
    let neither = try write("name: x\n", "x.yaml")
    for (arguments, message) in [
      (["--model", folder.path + "/none"], "it is empty"), (["--model", folder.path + "/nowhere"], "it is not there"),
      (["--model", neither], "neither layers"), (["--model", folder.path + "/none", "--weights", neither], "goes with a network"),
    ] {
      let result = try run(arguments)
      #expect(result.status == 1 && result.output.contains(message), "\(result.output)\(result.errors)")
    }
    let other = try program.start(["run", "fig14", "--scale", "smoke", "--model", neither]).finish()
    #expect(other.status != 0 && other.errors.contains("policies"))
    #expect(try run(["--weights", neither]).errors.contains("--model"))
  }
}
