import Foundation
import Testing

@testable import ExperimentKit
@testable import experiments

/// The gates that experiments declare, not ones that were made for a test.
@Suite struct CatalogueGatesTests {
  private func gates() throws -> [String: [Gate]] {
    let experiments = try Catalogue.laboratory(Settings(option: nil, environment: [:])).experiments
    return Dictionary(uniqueKeysWithValues: experiments.map { ($0.name, $0.outcome.gates) })
  }

  private let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }

  @Test(
    "The baselines in the repository can be read, and what they say of the gates is what the experiments declare",
    arguments: [Scale.ci, .smoke])
  func baselines(scale: Scale) throws {
    let folder = root.appendingPathComponent("Results/baselines/\(scale)")
    let results = ResultsFolder(root: root.appendingPathComponent("Results"))
    let all = try gates()
    let names = try results.baselines(at: scale)
    #expect(names.count > 10)
    for name in names {
      let gates = try #require(all[name], "\(name)")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
        $0.hasPrefix(name + ".") && $0.hasSuffix(".csv")
      }
      for file in files {
        // Empty, or a dot and the variant.
        let rest = file.dropFirst(name.count).dropLast(".csv".count)
        let baseline = try Baseline(reading: results, of: name, at: scale, variant: rest.isEmpty ? nil : String(rest.dropFirst()))
        let columns = Array(baseline.table.parameters.dropLast())
        let changed = baseline.table.rows.filter { row in
          gates.gate(of: row.metric, columns, Array(row.coordinates.dropLast()))?.text != row.coordinates.last
        }
        #expect(changed.isEmpty, "\(file): \(Set(changed.map(\.metric)).sorted()) \(changed.first?.coordinates.last ?? "")")
      }
    }
  }

  @Test("What holds for every processor has one baseline, everything else one for each kind, and make regress leaves none out")
  func everyProcessor() throws {
    let laboratory = try Catalogue.laboratory(Settings(option: nil, environment: [:]))
    let everywhere = laboratory.experiments.filter { $0.baselineVersion == nil }.map(\.name)
    #expect(Set(everywhere) == Catalogue.everywhere)
    #expect(Catalogue.versions["instructions"]?.isEmpty == false)
    let makefile = try String(contentsOf: root.appendingPathComponent("Makefile"), encoding: .utf8)
    func list(_ name: String) throws -> [String] {
      let line = try #require(makefile.split(separator: "\n").first { $0.hasPrefix("\(name) := ") }, "\(name)")
      return try laboratory.resolve(line.dropFirst("\(name) := ".count).split(separator: " ").map(String.init)).map(\.name)
    }
    let (pipelines, networks) = (try list("PIPELINES"), try list("NETWORKS"))
    #expect(pipelines.count + networks.count + 1 == laboratory.experiments.count, "all but policies, each once")
    #expect(Set(pipelines).isDisjoint(with: networks) && Catalogue.everywhere.subtracting(pipelines) == ["policies"])
    let results = ResultsFolder(root: root.appendingPathComponent("Results"))
    for (names, scale) in [(pipelines, Scale.ci), (networks, .smoke)] {
      for name in names {
        let variant = Catalogue.everywhere.contains(name) ? nil : "avx2"
        #expect(throws: Never.self) { try Baseline(reading: results, of: name, at: scale, variant: variant) }
      }
    }
  }

  private func judge(_ gate: Gate, _ before: Double, _ now: Double) -> Comparison.Judgement {
    gate.judge(baseline: .real(before), run: [.real(now)])
  }

  @Test(
    "Three percent more bytes are a regression in every experiment that stores, but where predictions are not rounded and chunks are stored once"
  )
  func bytes() throws {
    let all = try gates()
    for name in ["fig6a-zillow-storage", "fig6b-dnn-storage", "fig11a-logging-overhead", "fig11b-logging-overhead"] {
      let gates = try #require(all[name]).filter { ["storedBytes", "partitionBytes"].contains($0.metric) }
      let gate = try #require(gates.last, "\(name)")
      #expect(gate.place.isEmpty && judge(gate, 1_000, 1_030) == .regression && judge(gate, 1_000, 1_001) != .regression, "\(name)")
      #expect(gates.dropLast().allSatisfy { !$0.place.isEmpty && judge($0, 1_000, 1_060) == .regression }, "\(name)")
    }
  }

  @Test("In figure 6a a policy that stores every chunk is held to the same bytes whether predictions are rounded or not")
  func places() throws {
    let gates = try #require(try gates()["fig6a-zillow-storage"])
    func gate(_ metric: String, _ policy: String, _ predictions: String) -> Gate? {
      gates.gate(of: metric, Fig6aZillowStorage.parameters, ["Zillow", policy, predictions, "50"])
    }
    for policy in ["STORE_ALL gzip", Fig6aZillowStorage.storeAll, Fig6aZillowStorage.dedup, Fig6aZillowStorage.derived] {
      for predictions in Fig6aZillowStorage.PredictionForm.allCases {
        let isLoose = predictions == .unrounded && [Fig6aZillowStorage.dedup, Fig6aZillowStorage.derived].contains(policy)
        let (bytes, duplicates) = (
          gate("partitionBytes", policy, predictions.rawValue), gate("duplicateChunks", policy, predictions.rawValue)
        )
        #expect(try judge(#require(bytes), 1_000, 1_030) == (isLoose ? .same : .regression), "\(policy) \(predictions)")
        #expect(try judge(#require(duplicates), 9_273, 9_259) == (isLoose ? .same : .regression), "\(policy) \(predictions)")
        #expect(try judge(#require(duplicates), 9_273, 9_250) == .regression)
      }
    }
  }

  @Test("A halved speed-up and another plan are regressions in the figures of queries; a plan that is open may go either way")
  func speedUps() throws {
    let all = try gates()
    for name in ["fig5-query-time", "fig5a-zillow-queries"] {
      let gate = try #require(all[name]?.first { $0.metric == QueryMeasurement.speedUpOfFastest }, "\(name)")
      #expect(judge(gate, 10, 4.9) == .regression && judge(gate, 10, 5.1) == .same, "\(name)")
    }
    for name in ["fig5-query-time", "fig5a-zillow-queries", "fig8-read-vs-rerun"] {
      let gate = try #require(all[name]?.first { $0.metric == PlanQuality.Metric.decision }, "\(name)")
      #expect(judge(gate, 1, 0) == .regression && judge(gate, 0, 1) == .regression, "\(name)")
      #expect(judge(gate, 1, 1) == .same && judge(gate, 1, Double(Gate.open)) == .same && judge(gate, Double(Gate.open), 0) == .same)
    }
  }
}
