import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// Random pipelines against pandas and scikit-learn, which run beside the test where `MISTIQUE_ORACLE_PYTHON` names a Python that has them.
/// `MISTIQUE_PIPELINES` says how many.
@Suite("Random pipelines answer as pandas and scikit-learn do", .enabled(if: PythonWorker.interpreter != nil))
struct PipelineOracleTests {
  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("pipeline_oracle.py").path

  @Test("Every intermediate of a random pipeline is what pandas and scikit-learn make")
  func pipelines() throws {
    let worker = try PythonWorker(script: Self.script)
    let folder = TemporaryDirectory.fast("pipelines")
    var stages: [String: Int] = [:]
    var run = TortureRun("pipelines", TortureSettings("MISTIQUE_PIPELINES", small: 100))
    // The first case waits for Python to import its libraries.
    run.longestSeconds = 900
    let report = run.run { _, random in
      let drawn = RandomPipeline(&random)
      let outcome = try Self.judge(drawn, folder, worker)
      for stage in drawn.stages { stages[stage.transformer, default: 0] += 1 }
      return outcome
    }
    print("torture: stages of pipelines: \(stages.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))")
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(report.outcomes.keys.contains("equal"))
  }

  @Test("One flipped bit in the oracle's answer is noticed")
  func canary() throws {
    let worker = try PythonWorker(script: Self.script)
    let folder = TemporaryDirectory.fast("pipelines")
    var noticed = 0
    for seed in 0..<20 as Range<UInt64> {
      var random = SeededRandom(seed: seed)
      let drawn = RandomPipeline(&random)
      // The lowest bit of a value that was read, the highest of one that was computed.
      do { _ = try Self.judge(drawn, folder, worker, flips: true) } catch is BrokenProperty { noticed += 1 }
    }
    #expect(noticed == 20, "the oracle noticed \(noticed) of 20 flipped bits")
  }

  private static func judge(_ drawn: RandomPipeline, _ folder: TemporaryDirectory, _ worker: PythonWorker, flips: Bool = false) throws
    -> String
  {
    for (name, text) in drawn.files { _ = try folder.file("\(name).csv", text) }
    let yaml = drawn.text()
    let pipeline = try Pipeline(PipelineSpecification(parsing: yaml, file: "p.yaml"))
    var frames: [String: DataFrame] = [:]
    do { try PipelineRun(pipeline, dataDirectory: folder.url).execute { frames[$0.name] = $0.frame } } catch let error as PipelineRunError {
      // Rows that a join leaves may be too few for the next stage.
      guard drawn.stages.contains(where: { $0.transformer == "Join" }) else { throw BrokenProperty("\(yaml)\(error)\n\(drawn.files)") }
      return "refused"
    }
    let answer = try worker.ask(request(drawn, pipeline))
    guard let expected = answer["frames"] as? [String: [String: Any]] else {
      throw BrokenProperty("pandas cannot do it: \(answer["error"] ?? "")\n\(yaml)\(drawn.files)")
    }
    var mustFlip = flips
    for name in drawn.stages.map(\.name) {
      guard let frame = frames[name], let columns = expected[name]?["columns"] as? [[String: Any]],
        let tolerance = expected[name]?["tolerance"] as? Double
      else { throw BrokenProperty("\(name) is missing\n\(yaml)") }
      if let fault = OracleFrame(columns: columns, tolerance: tolerance).fault(of: frame, flipping: mustFlip) {
        throw BrokenProperty("\(name): \(fault)\n\(yaml)\(drawn.files.map { "\($0).csv:\n\($1)" }.joined())")
      }
      mustFlip = false
    }
    return "equal"
  }

  private static func request(_ drawn: RandomPipeline, _ pipeline: Pipeline) -> [String: Any] {
    func plain(_ value: ParameterValue) -> Any {
      switch value {
      case .integer(let value): value
      case .number(let value): value
      case .numbers(let values): values
      case .boolean(let value): value
      case .text(let value): value
      case .texts(let values): values
      case .mapping(let entries): entries.map { [$0.name, $0.value] }
      }
    }
    return [
      "files": drawn.files, "types": drawn.types.mapValues { $0.mapValues(\.rawValue) },
      "stages": pipeline.stages.map { stage in
        [
          "name": stage.name, "transformer": stage.transformer, "inputs": stage.inputs,
          "parameters": stage.parameters.values.mapValues(plain),
        ] as [String: Any]
      },
    ]
  }
}
