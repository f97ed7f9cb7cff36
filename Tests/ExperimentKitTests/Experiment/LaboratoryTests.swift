import Foundation
import Testing

@testable import ExperimentKit

struct LaboratoryTests {
  let laboratory: Laboratory

  init() throws {
    laboratory = try Laboratory([
      Sample.experiment(name: "fig6-storage"), Sample.experiment(name: "fig7a-rerun"), Sample.experiment(name: "table2-cca"),
      Sample.experiment(name: "fig11-overhead"),
    ])
  }

  @Test(
    "The laboratory finds an experiment by name, alias, number or pattern",
    arguments: [
      ("fig6-storage", ["fig6-storage"]), ("FIG6", ["fig6-storage"]), ("6", ["fig6-storage"]), ("Figure 7a", ["fig7a-rerun"]),
      ("fig. 7a", ["fig7a-rerun"]), ("table 2", ["table2-cca"]), ("fig?-*", ["fig6-storage"]),
      ("fig*", ["fig6-storage", "fig7a-rerun", "fig11-overhead"]), ("11", ["fig11-overhead"]), ("*cca", ["table2-cca"]),
      ("all", ["fig6-storage", "fig7a-rerun", "table2-cca", "fig11-overhead"]),
    ])
  func resolves(request: String, names: [String]) throws {
    #expect(try laboratory.resolve(request).map(\.name) == names)
  }

  @Test("The laboratory resolves several requests to each experiment once, in catalogue order")
  func several() throws {
    #expect(try laboratory.resolve(["11", "6", "fig6*"]).map(\.name) == ["fig6-storage", "fig11-overhead"])
  }

  @Test("An experiment on demand is run by its name, and meant neither by all nor by a pattern")
  func onDemand() throws {
    let laboratory = try Laboratory([Sample.experiment(name: "fig6-storage"), Sample.experiment(name: "fig-own")], onDemand: ["fig-own"])
    #expect(try laboratory.resolve("all").map(\.name) == ["fig6-storage"] && laboratory.resolve("fig*").map(\.name) == ["fig6-storage"])
    #expect(try laboratory.resolve("fig-own").map(\.name) == ["fig-own"] && laboratory.usual.map(\.name) == ["fig6-storage"])
    #expect(laboratory.list(at: .small, on: Resources(freeDiskBytes: 1 << 40, physicalMemoryBytes: 1 << 40)).contains("fig-own"))
  }

  @Test("The laboratory answers an unknown name with near matches and every name")
  func unknown() {
    #expect {
      try laboratory.resolve("fig6-storge")
    } throws: { error in
      let text = "\(error)"
      return text.contains("Did you mean fig6-storage?") && text.contains("fig6-storage, fig7a-rerun, table2-cca, fig11-overhead")
    }
    #expect { try laboratory.resolve("1") } throws: { "\($0)".contains("no experiment '1'") }
    #expect(throws: UnknownExperiment.self) { try laboratory.resolve("zz*") }
    #expect(throws: UnknownExperiment.self) { try laboratory.resolve("") }
  }

  @Test("The laboratory refuses a name used twice and a name that is no file name")
  func badNames() {
    #expect(throws: ExperimentError.nameTaken("fig6", by: ["fig6-a", "fig6-b"])) {
      try Laboratory([Sample.experiment(name: "fig6-a"), Sample.experiment(name: "fig6-b")])
    }
    for name in ["../x", "Fig6", "", "a b", ".x", "-x"] {
      #expect(throws: ExperimentError.badName(name)) { try Laboratory([Sample.experiment(name: name)]) }
    }
  }

  @Test("The laboratory lists what every experiment is expected to cost, and which of them fit the machine, within 100 columns")
  func list() {
    let large = Resources(freeDiskBytes: 1_000_000, physicalMemoryBytes: 1_000_000)
    let text = laboratory.list(at: .small, on: large, width: 100)
    #expect(text.contains("fig7a-rerun") && text.contains("1 MB") && text.contains("fits") && !text.contains("refused"))
    #expect(text.split(separator: "\n").allSatisfy { TextTable.columns(of: String($0)) <= 100 })
    let small = laboratory.list(at: .small, on: Resources(freeDiskBytes: 999_999, physicalMemoryBytes: 1_000_000))
    #expect(small.contains("too little disk") && !small.contains("too little memory") && small.contains("do not fit and are refused"))
    #expect(laboratory.list(at: .paper, on: large).contains("not run at this scale"))
  }

  @Test("The laboratory counts edits as Levenshtein does")
  func editDistance() {
    #expect(Laboratory.editDistance("kitten", "sitting") == 3)
    #expect(Laboratory.editDistance("", "abc") == 3 && Laboratory.editDistance("abc", "") == 3)
  }

  @Test(
    "The laboratory writes quantities with three digits and a fitting unit",
    arguments: [
      (Quantity.bytes(0), "0 B"), (Quantity.bytes(999), "999 B"), (Quantity.bytes(999.9), "1 kB"), (Quantity.bytes(611e6), "611 MB"),
      (Quantity.bytes(67.04e9), "67 GB"), (Quantity.seconds(0.00024), "240 µs"), (Quantity.seconds(1.5), "1.5 s"),
      (Quantity.seconds(7300), "2.03 h"), (Quantity.plain(0.8886), "0.889"), (Quantity.plain(1234), "1234"), (Quantity.plain(-0.5), "-0.5"),
      (Quantity.plain(1e-9), "1e-09"), (Quantity.ratio(110.3), "110x"), (Quantity.percent(0.94), "94 %"),
    ])
  func quantities(text: String, expected: String) {
    #expect(text == expected)
  }
}
