import Mistique
import Testing

@testable import TabularPipelines

/// What every stage keeps, over random tables.
struct StageInvariantTests {
  private static let tables = 3_000

  @Test("Fitting again, restoring, permuting and cutting rows change nothing, and what is said of a column's origin is true")
  func invariants() throws {
    var fittedByStage: [String: Int] = [:]
    var refused = 0
    for seed in 0..<Self.tables {
      var random = RandomTable(seed: seed)
      let frame = random.frame()
      let (type, values) = random.stage()
      let transformer = type.init(Parameters(values, declarations: type.signature.parameters))
      let label = "seed \(seed), \(type.signature.name) \(values)"
      let fitted: any FittedTransformer
      let traced: TracedFrame
      do {
        fitted = try transformer.fit([.frame(frame)])
        traced = try fitted.applyTracing([.frame(frame)])[0]
      } catch {
        refused += 1
        // An error is one of ours, names what is wrong, and comes again.
        #expect(error is TransformerError || error is NumericColumnError, "\(label): \(error)")
        let again = #expect(throws: (any Error).self, "\(label)") { try transformer.fit([.frame(frame)]).apply([.frame(frame)]) }
        #expect("\(again!)" == "\(error)", "\(label)")
        continue
      }
      fittedByStage[type.signature.name, default: 0] += 1
      let output = traced.frame
      #expect(output.rowIDs == frame.rowIDs, "\(label)")
      #expect(try transformer.fit([.frame(frame)]).state == fitted.state, "\(label): other state when fitted again")
      let restored = try transformer.restore(fitted.state)
      #expect(try restored.state == fitted.state && restored.apply([.frame(frame)])[0].isIdentical(to: output), "\(label): restored")
      for (place, origin) in traced.origins {
        #expect(output.columns[place].isIdentical(to: Self.column(frame, origin)), "\(label): origin of column \(place)")
      }
      let rows = random.permutation(frame.rowCount)
      let permuted = frame.gather(rows)
      #expect(try fitted.apply([.frame(permuted)])[0].isIdentical(to: output.gather(rows)), "\(label): permuted")
      let part = (frame.rowCount / 3)..<(frame.rowCount - frame.rowCount / 4)
      #expect(try fitted.apply([.frame(frame.slice(part))])[0].isIdentical(to: output.slice(part)), "\(label): cut")
      // Sums depend on the order of rows in their last digits; nothing else that is learned does.
      let sums = ["standard", "mean"].contains { values["method"] == .text($0) || values["strategy"] == .text($0) }
      if !sums, type != PCA.self, type != Avg.self {
        #expect(try transformer.fit([.frame(permuted)]).state == fitted.state, "\(label): fitted on permuted rows")
      }
      guard type.signature.appliesToAnother, type != FillNA.self else { continue }
      let both = try transformer.fit([.frame(frame), .frame(permuted)])
      #expect(both.state == fitted.state, "\(label): a second input changes what is learned")
      #expect(try both.apply([.frame(frame), .frame(permuted)])[0].isIdentical(to: output.gather(rows)), "\(label): second input")
    }
    // Most tables must get through, or nothing was tried.
    #expect(refused < Self.tables / 2, "\(refused) of \(Self.tables) were refused")
    #expect(fittedByStage.count == 12 && fittedByStage.values.allSatisfy { $0 >= 10 }, "\(fittedByStage)")
  }

  private static func column(_ frame: DataFrame, _ origin: TracedFrame.Origin) -> Column {
    let source = frame.columns[origin.column]
    return switch origin.operation {
    case .unchanged: source
    case .rows(let list): source.gather(list)
    case .filled(let constant): source.fillingMissing(with: constant)
    }
  }

  @Test("What FillNA promises holds: no gap is left in what it serves, and present values stay as they are")
  func filled() throws {
    for seed in 0..<1_000 {
      var random = RandomTable(seed: 100_000 + seed)
      let frame = random.frame()
      let strategy = random.pick(["mean", "median"])
      let fill = makeTransformer(FillNA.self, ["strategy": .text(strategy)])
      let output = try fill.fit([.frame(frame)]).apply([.frame(frame)])[0]
      for (name, source) in zip(frame.names, frame.columns) {
        let result = output[name]!
        guard [.int64, .float32, .float64].contains(source.type) else {
          #expect(result.isSame(as: source) || source.count == 0)
          continue
        }
        #expect(!result.hasGap, "seed \(seed), \(strategy), \(name)")
        let (before, after) = (source.doubles!, result.doubles!)
        #expect(zip(before, after).allSatisfy { $0.isNaN || $0 == $1 }, "seed \(seed), \(strategy), \(name)")
        let finite = before.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max() else { continue }
        #expect(
          zip(before, after).allSatisfy { !$0.isNaN || ($1 >= low.nextDown && $1 <= high.nextUp) }, "seed \(seed), \(strategy), \(name)")
      }
    }
  }
}
