import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// The bits of each revision of each transformer that is computed by plain Swift.
///
/// A store gives old values for a transformer whose code changed and whose revision did not. So every frame and state of a pipeline that uses all of
/// them is held to what it was.
struct TransformerRevisionsTests {
  private let folder = TemporaryDirectory("revisions")

  private static let yaml = """
    name: P
    project: z
    inputs: {homes: homes.csv, sold: sales.csv}
    stages:
      - {name: ReadCSV, transformer: ReadCSV, inputs: [homes], parameters: {missing: ["?"]}}
      - {name: sales, transformer: ReadCSV, inputs: [sold], parameters: {types: {price: float64}}}
      - {name: Avg, transformer: Avg, inputs: [ReadCSV], parameters: {columns: [size], by: zip}}
      - {name: GetConstructionRecency, transformer: GetConstructionRecency, inputs: [Avg]}
      - {name: OneHotEncoding, transformer: OneHotEncoding, inputs: [GetConstructionRecency], parameters: {columns: [heating], drop: false}}
      - {name: FillNA, transformer: FillNA, inputs: [OneHotEncoding], parameters: {columns: [size, rooms], strategy: mean}}
      - {name: median, transformer: FillNA, inputs: [OneHotEncoding], parameters: {columns: [size, rooms], strategy: median}}
      - {name: most_frequent, transformer: FillNA, inputs: [OneHotEncoding], parameters: {columns: [heating, rooms], strategy: most_frequent}}
      - {name: ComputeNeighborhood, transformer: ComputeNeighborhood, inputs: [FillNA], parameters: {cell_size: 0.25}}
      - {name: IsResidential, transformer: IsResidential, inputs: [ComputeNeighborhood], parameters: {column: use, codes: ["261"]}}
      - {name: Cast, transformer: Cast, inputs: [IsResidential], parameters: {types: {rooms: text, zip: float64}}}
      - {name: Join, transformer: Join, inputs: [Cast, sales], parameters: {left_key: home, right_key: home, how: left}}
      - {name: Rename, transformer: Rename, inputs: [Join], parameters: {names: {price: paid}}}
      - {name: SelectColumn, transformer: SelectColumn, inputs: [Rename], parameters: {columns: [home, size, latitude, longitude, paid]}}
      - {name: DropColumns, transformer: DropColumns, inputs: [SelectColumn], parameters: {columns: [paid]}}
      - {name: Scale, transformer: Scale, inputs: [DropColumns]}
      - {name: minmax, transformer: Scale, inputs: [DropColumns], parameters: {method: minmax}}
      - {name: robust, transformer: Scale, inputs: [DropColumns], parameters: {method: robust, columns: [size]}}
      - {name: TrainTestSplit, transformer: TrainTestSplit, inputs: [DropColumns], parameters: {seed: 3}}
      - {name: CombinePredictions, transformer: CombinePredictions, inputs: [Scale, robust], parameters: {weights: [0.3, 0.7], column: size, decimals: 3}}
    """

  /// Numbers that are no multiples of powers of two, gaps and texts, without a random generator.
  private func write() throws {
    var homes = "home,size,rooms,yearbuilt,zip,heating,use,latitude,longitude\n"
    var sales = "home,price\n"
    for home in 0..<60 {
      let size = home % 7 == 0 ? "?" : "\(Double(home * 37 % 101) * 1.37 + 40)"
      let rooms = home % 11 == 5 ? "" : "\(1 + home * 5 % 7)"
      homes += "\(home),\(size),\(rooms),\(1900 + home * 13 % 116),\(96000 + home % 4),\(["gas", "coal", "", "wood"][home % 4]),"
      homes += "\(home % 3 == 0 ? 261 : 31),\(33.5 + Double(home) * 0.031),\(-118.2 + Double(home * 17 % 60) * 0.017)\n"
      if home % 2 == 1 { sales += "\(home),\(Double(home) * 1234.5)\n" }
    }
    _ = try folder.file("homes.csv", homes)
    _ = try folder.file("sales.csv", sales)
  }

  /// What each stage's frames and state hash to, and the revision that they belong to, in the order of the stages.
  private static let bits: [(stage: String, revision: Int, digest: String)] = [
    ("ReadCSV", 2, "ad97bc01a284ef0aa05a441ea9a30049"),
    ("sales", 2, "e41365b1cca707ffa62e8c6c3ad49cb3"),
    ("Avg", 2, "222a8c91628636172c243d27cc0191c9"),
    ("GetConstructionRecency", 1, "b6fd40e9f3fff7acecde1c2b35e0e868"),
    ("OneHotEncoding", 1, "e446c0c808d510adadca786c6cd35c66"),
    ("FillNA", 2, "e7509785c4860785061ab8c8baf5e935"),
    ("median", 2, "a4bd1a66cc43693ae1a0de5d5cb142ff"),
    ("most_frequent", 2, "c52292e0513dee3253d4b817a313ceb9"),
    ("ComputeNeighborhood", 1, "109c5fde280487481523bb88af98b906"),
    ("IsResidential", 1, "97c36c713b7f8f36b42d4454710653d8"),
    ("Cast", 1, "e6d3ccdb22779c2600230833131f024d"),
    ("Join", 1, "2a3b7918e70b1fe78efc3b883ee669f6"),
    ("Rename", 1, "00f963e1b910bdb1dea6c9dd03920f3c"),
    ("SelectColumn", 1, "e6deb82ed148d09f34ce5fc50ec082ff"),
    ("DropColumns", 1, "f8e127236ff679becf3fe1a495a41109"),
    ("Scale", 2, "9101e69c07f18881880955306dd48c15"),
    ("minmax", 2, "b8efe72a7fe949ec46c84a0f1287f699"),
    ("robust", 2, "2b3d5147db70ca1f2276e39aab3cc49f"),
    ("TrainTestSplit", 1, "2659bfaa51ba476196bfdd4887d9c991"),
    ("CombinePredictions", 2, "380c619c779f3bf3bb01280200936e87"),
  ]

  /// Every value to the bit, and which are missing.
  private static func text(of column: Column) -> String {
    let present = (0..<column.count).map { column.validity?[$0] ?? true }
    guard case .text(let texts) = column.values else { return "\(column.values) \(present)" }
    return "\((0..<column.count).map { texts[$0] }) \(present)"
  }

  @Test("Each revision of a transformer gives the bits that it gave")
  func revisions() throws {
    try write()
    let pipeline = try Pipeline(PipelineSpecification(parsing: Self.yaml, file: "p.yaml"))
    let model = PipelineModel(pipeline, dataDirectory: folder.url)
    var texts: [String: String] = [:]
    _ = try model.execute(ExecutionRequest(intermediates: Set(pipeline.intermediateNames))) { name, rows in
      guard case .frame(let frame, _) = rows else { return }
      texts[name] = zip(frame.names, frame.columns).map { "\($0) \(Self.text(of: $1))" }.joined(separator: "\n")
    }
    let states = Dictionary(uniqueKeysWithValues: model.transformers().map { ($0.name, $0.bytes) })
    var found: [(stage: String, revision: Int, digest: String)] = []
    for stage in pipeline.stages {
      let bytes = stage.outputs.flatMap { Array(texts[$0, default: ""].utf8) + [0] } + states[stage.name, default: []]
      let digest = bytes.withUnsafeBytes { Lineage(ofContent: $0) }
      let revision = try #require(pipeline.registry[stage.transformer]?.bits?.revision)
      found.append((stage.name, revision, "\(digest)"))
    }
    let lines = found.map { "(\"\($0.stage)\", \($0.revision), \"\($0.digest)\")," }
    let expected = Self.bits.map { "(\"\($0.stage)\", \($0.revision), \"\($0.digest)\")," }
    for (line, before) in zip(lines, expected) where line != before {
      Issue.record("\(before) is \(line) now. If bits change on purpose, raise the revision of the transformer.")
    }
    #expect(lines == expected, "\(lines.joined(separator: "\n"))")
  }

  @Test("All transformers in plain Swift are among them")
  func all() throws {
    let registry = TransformerRegistry.standard
    let used = Set(try Pipeline(PipelineSpecification(parsing: Self.yaml, file: "p.yaml")).stages.map(\.transformer))
    let missing = registry.names.filter { registry[$0]?.bits?.library == nil && !used.contains($0) }
    #expect(missing.isEmpty, "\(missing)")
  }
}
