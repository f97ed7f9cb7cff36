import TestSupport
import Testing

@testable import Mistique

@Suite("Cuts of a graph of stages") struct StageGraphTests {
  /// Stages that emit one or two intermediates and read some of those before.
  private static func graph(_ random: inout SeededRandom, stages count: Int) -> StageGraph {
    var names: [String] = []
    var stages: [Stage] = []
    for place in 0..<count {
      let outputs = (0...Int(random.next() % 2)).map { "\(place).\($0)" }
      let reads = place == 0 ? [] : names.filter { _ in random.next() % 3 == 0 }
      stages.append(Stage(name: "\(place)", inputs: Array(0..<place), outputs: outputs, reads: reads))
      names += outputs
    }
    return StageGraph(stages)
  }

  /// Every set of starts is tried: it is a cut when the stages that it needs read all of it, and no set within it leaves the same stages.
  private static func cuts(_ graph: StageGraph, _ target: String, _ usable: [String]) -> Set<CutKey> {
    var found: Set<CutKey> = []
    for mask in 0..<(1 << usable.count) {
      let starts = Set(usable.enumerated().filter { mask >> $0.offset & 1 == 1 }.map(\.element))
      guard let run = graph.stages(for: [target], from: starts), run.used == starts else { continue }
      // Reading what a stage that runs emits anyway is no cut of its own.
      guard !starts.contains(where: { run.stages.contains(graph.producer(of: $0)!) }) else { continue }
      found.insert(CutKey(starts: starts.sorted(), stages: run.stages))
    }
    return found
  }

  private struct CutKey: Hashable {
    let starts: [String]
    let stages: [Int]
  }

  @Test("The search finds every cut that trying all sets of starts finds, and no other", arguments: UInt64(0)..<300)
  func allCuts(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let graph = Self.graph(&random, stages: 2 + Int(random.next() % 5))
    let target = graph.stages.last!.outputs[0]
    let usable = graph.stages.dropLast().flatMap(\.outputs).filter { _ in random.next() % 2 == 0 }
    var search = CutSearch(
      graph, target: target, readSeconds: Dictionary(uniqueKeysWithValues: usable.map { ($0, 1.0) }),
      stageSeconds: graph.stages.map { _ in 1 })
    let found = search.cuts()
    let keys = Set(found.map { CutKey(starts: $0.starts, stages: $0.stages) })
    #expect(keys.count == found.count, "a cut is listed twice")
    #expect(keys == Self.cuts(graph, target, usable))
    #expect(keys.contains(CutKey(starts: [], stages: graph.stages(for: [target]))))
  }

  @Test("A chain has as many cuts as stored layers and the input; a block with a shortcut may need two starts")
  func shapes() {
    let chain = StageGraph(
      (0..<22).map { Stage(name: "\($0)", inputs: [], outputs: ["l\($0)"], reads: $0 == 0 ? [] : ["l\($0 - 1)"]) })
    var search = CutSearch(
      chain, target: "l21", readSeconds: Dictionary(uniqueKeysWithValues: (0..<21).map { ("l\($0)", 1) }),
      stageSeconds: chain.stages.map { _ in 1 })
    #expect(search.cuts().count == 22)
    let residual = StageGraph([
      Stage(name: "in", inputs: [], outputs: ["a"], reads: []), Stage(name: "conv", inputs: [0], outputs: ["b"], reads: ["a"]),
      Stage(name: "add", inputs: [0, 1], outputs: ["c"], reads: ["a", "b"]),
    ])
    var both = CutSearch(residual, target: "c", readSeconds: ["a": 1, "b": 1], stageSeconds: [1, 1, 1])
    #expect(Set(both.cuts().map(\.starts)) == [[], ["a"], ["b"], ["a", "b"]])
    var one = CutSearch(residual, target: "c", readSeconds: ["b": 1], stageSeconds: [1, 1, 1])
    #expect(
      Set(one.cuts().map { "\($0.starts) \($0.stages)" }) == ["[] [0, 1, 2]", "[\"b\"] [0, 2]"],
      "with b alone the input runs for a, and the convolution is saved")
  }

  @Test("Where branches multiply, the cheapest cut is still found")
  func manyBranches() throws {
    // Eight branches of eight stages each, joined: 9^8 cuts.
    var stages: [Stage] = []
    for branch in 0..<8 {
      for depth in 0..<8 {
        stages.append(Stage(name: "", inputs: [], outputs: ["\(branch).\(depth)"], reads: depth == 0 ? [] : ["\(branch).\(depth - 1)"]))
      }
    }
    stages.append(Stage(name: "join", inputs: [], outputs: ["end"], reads: (0..<8).map { "\($0).7" }))
    let graph = StageGraph(stages)
    let reads = Dictionary(uniqueKeysWithValues: stages.dropLast().map { ($0.outputs[0], $0.outputs[0].hasSuffix("5") ? 0.5 : 3) })
    var search = CutSearch(graph, target: "end", readSeconds: reads, stageSeconds: stages.map { _ in 1 })
    let cuts = search.cuts()
    let best = cuts.map { cut in cut.starts.reduce(0) { $0 + reads[$1]! } + Double(cut.stages.count) }.min()
    #expect(cuts.count >= CutSearch.mostCuts)
    // Each branch reads its sixth stage and runs two.
    #expect(best == 8 * 2.5 + 1)
  }

  @Test("A stage that does not say what it reads is run from the input, with all stages that the graph names")
  func unknownReads() {
    let graph = StageGraph([
      Stage(name: "a", inputs: [], outputs: ["a"]), Stage(name: "b", inputs: [0], outputs: ["b"]),
      Stage(name: "c", inputs: [1], outputs: ["c"], reads: ["b"]),
    ])
    #expect(graph.stages(for: ["c"]) == [0, 1, 2])
    #expect(graph.stages(for: ["c"], from: ["b"])?.stages == [2])
    #expect(graph.stages(for: ["b"], from: ["a"]) == nil)
  }

  @Test("The stages that must run are those that the last one can reach, in the order of the model", arguments: UInt64(1)...200)
  func ancestors(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let stages = (0..<12).map { place in
      Stage(name: "\(place)", inputs: (0..<place).filter { _ in random.next() % 4 == 0 }, outputs: [])
    }
    // Paths are followed one edge at a time until nothing is added.
    for last in stages.indices {
      var reached: Set<Int> = [last]
      while case let more = reached.union(reached.flatMap { stages[$0].inputs }), more != reached { reached = more }
      #expect(Stage.ancestors(of: last, in: stages) == reached.sorted())
    }
  }
}
