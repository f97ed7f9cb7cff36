import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

struct StageNoteTests {
  private func texts(_ values: String?...) -> Column {
    var present = Validity(count: 0, present: true)
    for value in values { present.append(value != nil) }
    return Column(.text(TextValues(values.map { $0 ?? "" })), validity: present)
  }

  private func notes<T: Transformer>(_ type: T.Type, _ values: [String: ParameterValue] = [:], _ frame: DataFrame) -> [ColumnNote] {
    makeTransformer(type, values).notes(on: [.frame(frame)])
  }

  private var frame: DataFrame {
    DataFrame([
      ("x", Column(.float64([1, 2, 3, 4]))), ("price", texts("2.5", "", "4", nil)), ("city", texts("a", "b", "c", nil)),
      ("zip", texts("02116", "0042", "007", "00")),
      ("half", texts(" 39", "n/a", "-1e3", "unknown")), ("few", texts("1", "a", "b", "c")),
      ("flag", Column(.boolean([true, false, true, false]), validity: Validity(words: [7], count: 4))),
      ("day", Column(.date([1, 2, 3, 4]))),
      ("when", Column(.date([1, 2, 3, 4]), validity: Validity(words: [3], count: 4))), ("nan", texts("nan", "inf", "nan", "x")),
    ])
  }

  @Test(
    "Texts that read as numbers are noted by stages of numbers, unless columns are named",
    arguments: [Scale.self, PCA.self] as [any Transformer.Type])
  func readAsNumbers(type: any Transformer.Type) {
    func notes(_ values: [String: ParameterValue]) -> [ColumnNote] {
      type.init(Parameters(values, declarations: type.signature.parameters)).notes(on: [.frame(frame)])
    }
    #expect(notes([:]) == [ColumnNote(columns: ["price", "half"], reason: .readsAsNumbers)])
    #expect(notes(["columns": .texts(["x"])]).isEmpty)
  }

  @Test("A split of a split with the same seed is noted, with its share; another seed is not")
  func splitAgain() throws {
    func split(_ fraction: Double, seed: Int = 0) -> any Transformer {
      makeTransformer(TrainTestSplit.self, ["test_fraction": .number(fraction), "seed": .integer(seed)])
    }
    func notes(_ transformer: any Transformer, _ frame: DataFrame) -> [ColumnNote] { transformer.notes(on: [.frame(frame)]) }
    let whole = DataFrame(rowIDs: .first(2_000), columns: [("x", Column(.int64((0..<2_000).map(Int64.init))))])
    #expect(notes(split(0.2), whole).isEmpty)
    let parts = try split(0.2).fit([.frame(whole)]).apply([.frame(whole)])
    for (part, fraction) in [(parts[0], 0.25), (parts[1], 0.5)] {
      let test = try split(fraction).fit([.frame(part)]).apply([.frame(part)])[1].rowCount
      let note = ColumnNote(columns: [], reason: .unevenSplit(test: test, rows: part.rowCount, fraction: fraction))
      #expect(notes(split(fraction), part) == [note], "\(test) of \(part.rowCount)")
      #expect("\(StageNote(stage: "again", note: note))".contains("\(test) of \(part.rowCount) rows are test rows"))
      #expect(notes(split(fraction, seed: 1), part).isEmpty)
    }
    // All or none are asked for, and nothing is left.
    for fraction in [0.0, 1] { #expect(notes(split(fraction), parts[1]).isEmpty) }
    #expect(notes(split(0.5), whole.slice(0..<0)).isEmpty)
  }

  @Test("FillNA notes the gaps that it leaves of its own accord, by the type of the columns")
  func gaps() {
    let price = ColumnNote(columns: ["price"], reason: .readsAsNumbers)
    let flag = ColumnNote(columns: ["flag"], reason: .keepsGaps(.boolean))
    let when = ColumnNote(columns: ["when"], reason: .keepsGaps(.date))
    #expect(notes(FillNA.self, ["strategy": .text("mean")], frame) == [price, flag, when], "names have no mean")
    #expect(notes(FillNA.self, ["strategy": .text("constant")], frame) == [when])
    #expect(notes(FillNA.self, ["strategy": .text("most_frequent")], frame).isEmpty)
    #expect(notes(FillNA.self, ["strategy": .text("mean"), "columns": .texts(["x"])], frame).isEmpty)
  }

  @Test("A note is one line that says what to do, however many columns it is about")
  func description() {
    func line(_ count: Int, _ reason: ColumnNote.Reason) -> String {
      StageNote(stage: "scaled", note: ColumnNote(columns: (0..<count).map { "c\($0)" }, reason: reason)).description
    }
    #expect(
      line(1, .readsAsNumbers) == "stage scaled: column \"c0\" is text and was left as it is, though its values read as numbers; "
        + "make it float64 first (Cast), or name the columns that are meant")
    #expect(
      line(2, .keepsGaps(.date))
        == "stage scaled: columns \"c0\", \"c1\" are date and keep their gaps, which neither the strategy nor the value can fill; "
        + "fill them in a stage of their own, or name the columns that are meant")
    #expect(line(30, .readsAsNumbers).contains("\"c7\" and 22 more are text"))
  }

  @Test("A run hands over the notes of the stages that it fits, and of none that it restores")
  func runs() throws {
    let small = try SmallPipeline("a,price\n1,2.5\n2,n/a\n3,4\n", "{name: scaled, transformer: Scale, inputs: [read]}")
    let run = small.run
    var notes: [StageNote] = []
    let states = try run.execute(onNote: { notes.append($0) }, onIntermediate: { _ in }).states
    #expect(notes == [StageNote(stage: "scaled", note: ColumnNote(columns: ["price"], reason: .readsAsNumbers))])
    try run.execute(.init(states: states), onNote: { notes.append($0) }, onIntermediate: { _ in })
    #expect(notes.count == 1)
  }

  @Test("The pipelines of the paper give no note", arguments: 1...10)
  func paperPipelines(number: Int) throws {
    let template = try template("P\(number)")
    // Variants differ in what learners are given, which no note is about.
    let run = PipelineRun(try Pipeline(template, variant: template.variants[0].name), dataDirectory: try SmallZillow.directory.get())
    let stages = Set(run.pipeline.stages.filter { ["FillNA", "Scale", "PCA"].contains($0.transformer) }.flatMap(\.outputs))
    guard !stages.isEmpty else { return }
    var notes: [StageNote] = []
    try run.execute(.init(wanted: stages), onNote: { notes.append($0) }, onIntermediate: { _ in })
    #expect(notes.isEmpty, "\(notes)")
  }
}
