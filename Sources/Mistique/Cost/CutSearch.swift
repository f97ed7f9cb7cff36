/// The ways to re-run one intermediate: every cut of the stage graph between what is read and what is run.
///
/// A cut reads some stored intermediates and runs the stages after them; the empty one starts from the model's input. In a chain of n stages there
/// are at most n cuts, in a residual network a few for each block. Where branches multiply, those beyond ``mostCuts`` are looked at only while they
/// can still beat the cheapest one found.
struct CutSearch {
  struct Cut: Equatable {
    /// What is read, sorted; empty for a run from the input.
    let starts: [String]
    /// What is run, ascending.
    let stages: [Int]
  }

  /// Cuts that are listed whatever they cost.
  static let mostCuts = 1024
  /// Steps after which no more cuts are looked for.
  private static let mostSteps = 200_000

  private let graph: StageGraph
  private let target: String
  private let readSeconds: [String: Double]
  private let stageSeconds: [Double]
  private var found: [Cut] = []
  private var cheapest = Double.infinity
  private var steps = 0

  /// - Parameters:
  ///   - readSeconds: the intermediates that may be read, with what reading them takes.
  ///   - stageSeconds: what each stage takes; 0 for one that was never measured.
  init(_ graph: StageGraph, target: String, readSeconds: [String: Double], stageSeconds: [Double]) {
    self.graph = graph
    self.target = target
    self.readSeconds = readSeconds
    self.stageSeconds = stageSeconds
  }

  /// Every cut that is worth listing, the run from the input among them where stages say what they read.
  mutating func cuts() -> [Cut] {
    guard let last = graph.producer(of: target) else { return [] }
    visit(last, needed: [target], starts: [], stages: [], seconds: 0)
    return found
  }

  /// Decides on the stages at `place` and before it: all stages after it, which alone can need what they emit, are decided.
  private mutating func visit(_ place: Int, needed: Set<String>, starts: [String], stages: [Int], seconds: Double) {
    steps += 1
    guard steps <= Self.mostSteps, found.count < Self.mostCuts || seconds < cheapest else { return }
    guard let place = stride(from: place, through: 0, by: -1).first(where: { graph.stages[$0].outputs.contains(where: needed.contains) })
    else {
      if seconds < cheapest || found.count < Self.mostCuts { found.append(Cut(starts: starts.sorted(), stages: stages.reversed())) }
      cheapest = min(cheapest, seconds)
      return
    }
    let names = graph.stages[place].outputs.filter(needed.contains)
    let reads = names.map { $0 == target ? nil : readSeconds[$0] }
    if !reads.contains(nil) {
      visit(
        place - 1, needed: needed.subtracting(names), starts: starts + names, stages: stages,
        seconds: seconds + reads.reduce(0) { $0 + $1! })
    }
    guard let inputs = graph.stages[place].reads, inputs.allSatisfy({ (graph.producer(of: $0) ?? place) < place }) else { return }
    visit(
      place - 1, needed: needed.subtracting(names).union(inputs), starts: starts, stages: stages + [place],
      seconds: seconds + stageSeconds[place])
  }
}
