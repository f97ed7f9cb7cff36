import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// The bits of each revision of each transformer.
///
/// A store gives old values for a transformer whose code changed and whose revision did not. So every frame and state of pipelines that use all of
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

  /// What libraries compute, of a table for which their sums round nothing, so that the bits are the same whatever loops they choose: few whole numbers whose
  /// means are whole numbers over 64. `a` and `b` do not correlate, and `p` and `q` have deviations that are powers of two.
  private static let libraryYAML = """
    name: P
    project: z
    inputs: {grid: grid.csv}
    stages:
      - {name: read, transformer: ReadCSV, inputs: [grid]}
      - {name: two_valued, transformer: SelectColumn, inputs: [read], parameters: {columns: [p, q, paid]}}
      - {name: TrainElasticNet, transformer: TrainElasticNet, inputs: [read], parameters: {target: paid, alpha: 0.5, l1_ratio: 0.25}}
      - {name: normalized, transformer: TrainElasticNet, inputs: [two_valued], parameters: {target: paid, alpha: 0.125, normalize: true, missing: mean}}
      - {name: PCA, transformer: PCA, inputs: [read], parameters: {columns: [a, b], components: 2}}
      - {name: whitened, transformer: PCA, inputs: [read], parameters: {columns: [b, a], components: 2, whiten: true}}
      - {name: TrainXGBoost, transformer: TrainXGBoost, inputs: [read], parameters: {target: paid, rounds: 3, eta: 0.5, lambda: 2, alpha: 0.5, max_depth: 3, subsample: 0.75, seed: 5}}
      - {name: from_half, transformer: TrainXGBoost, inputs: [read], parameters: {target: paid, rounds: 2, base_score: "0.5"}}
      - {name: TrainLightGBM, transformer: TrainLightGBM, inputs: [read], parameters: {target: paid, rounds: 3, learning_rate: 0.5, sub_feature: 0.6, min_data: 2, num_leaves: 6, max_depth: 4, lambda_l1: 0.5, lambda_l2: 2, bagging_fraction: 0.75, seed: 5}}
      - {name: by_line, transformer: Predict, inputs: [TrainElasticNet, read], parameters: {decimals: 2}}
      - {name: by_trees, transformer: Predict, inputs: [TrainXGBoost, read]}
      - {name: by_leaves, transformer: Predict, inputs: [TrainLightGBM, read]}
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
    var grid = "a,b,p,q,paid\n"
    for row in 0..<64 {
      let (a, b, p, q) = (row % 8, 4 * (row / 8), 4 * (row / 2 % 2), 8 * (row / 4 % 2))
      grid += "\(a),\(b),\(p),\(q),\(3 * a - b + a * b % 7 + p)\n"
    }
    _ = try folder.file("grid.csv", grid)
  }

  /// What a stage's frames and state hash to, and the revision that they belong to.
  private typealias Bits = (stage: String, revision: Int, digest: String)

  /// Of plain Swift, in the order of the stages.
  private static let bits: [Bits] = [
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

  /// Of OpenBLAS, whatever its version.
  private static let openBLASBits: [Bits] = [
    ("TrainElasticNet", 4, "269b64098062bf23ed4bca81cd3b0dde"),
    ("normalized", 4, "89689e811e3dcac4fb79e9feff0eba1c"),
    ("PCA", 2, "2b5ff3e30d0d6f2ea0bbe4e1272606d9"),
    ("whitened", 2, "213dbf594848969b1e5b18054b5833dd"),
  ]

  /// Of XGBoost in one version, which is a part of the trees' bytes.
  private static let xgBoostBits: [Bits] = [
    ("TrainXGBoost", 3, "bc1be2391c515f7c988806defb0ccd08"),
    ("from_half", 3, "4c1a5baef991d299b0c7765ebd3239fc"),
    ("TrainLightGBM", 3, "bee4f2dcf037be9c223295037c3477b3"),
    ("by_line", 1, "3972cff83ff83711b452219804548c74"),
    ("by_trees", 1, "7b93c17f860752fc6fb814f9ff6583d6"),
    ("by_leaves", 1, "b19543c0cdfce81f63a26ca122bc70b5"),
  ]

  static let hasXGBoostOfBits = TransformerBits.Library.xgBoost.libraryKind?.hasPrefix("XGBoost 1.7.4 ") == true

  /// Every value to the bit, and which are missing.
  private static func text(of column: Column) -> String {
    let present = (0..<column.count).map { column.validity?[$0] ?? true }
    guard case .text(let texts) = column.values else { return "\(column.values) \(present)" }
    return "\((0..<column.count).map { texts[$0] }) \(present)"
  }

  @Test("Each revision of a transformer in plain Swift gives the bits that it gave")
  func revisions() throws { try expect(Self.bits, of: nil, in: Self.yaml) }

  @Test("Each revision of a transformer that OpenBLAS computes gives the bits that it gave")
  func openBLAS() throws { try expect(Self.openBLASBits, of: .openBLAS, in: Self.libraryYAML) }

  @Test(
    "Each revision of a transformer that XGBoost computes gives the bits that it gave",
    .enabled(if: TransformerRevisionsTests.hasXGBoostOfBits, "the bits are those of XGBoost 1.7.4"))
  func xgBoost() throws { try expect(Self.xgBoostBits, of: .xgBoost, in: Self.libraryYAML) }

  /// Runs the pipeline, and holds the stages that `library` computes to what they were.
  private func expect(_ before: [Bits], of library: TransformerBits.Library?, in yaml: String) throws {
    try write()
    let pipeline = try Pipeline(PipelineSpecification(parsing: yaml, file: "p.yaml"))
    let model = PipelineModel(pipeline, dataDirectory: folder.url)
    var texts: [String: String] = [:]
    _ = try model.execute(ExecutionRequest(intermediates: Set(pipeline.intermediateNames))) { name, rows in
      guard case .frame(let frame, _) = rows else { return }
      texts[name] = zip(frame.names, frame.columns).map { "\($0) \(Self.text(of: $1))" }.joined(separator: "\n")
    }
    let states = Dictionary(uniqueKeysWithValues: model.transformers().map { ($0.name, $0.bytes) })
    var found: [Bits] = []
    for stage in pipeline.stages {
      let bits = try #require(pipeline.registry[stage.transformer]?.bits)
      guard bits.library == library else { continue }
      let bytes = stage.outputs.flatMap { Array(texts[$0, default: ""].utf8) + [0] } + states[stage.name, default: []]
      let digest = bytes.withUnsafeBytes { Lineage(ofContent: $0) }
      found.append((stage.name, bits.revision, "\(digest)"))
    }
    let lines = found.map { "(\"\($0.stage)\", \($0.revision), \"\($0.digest)\")," }
    let expected = before.map { "(\"\($0.stage)\", \($0.revision), \"\($0.digest)\")," }
    for (line, old) in zip(lines, expected) where line != old {
      Issue.record("\(old) is \(line) now. If bits change on purpose, raise the revision of the transformer.")
    }
    #expect(lines == expected, "\(lines.joined(separator: "\n"))")
  }

  @Test("All transformers are among them")
  func all() throws {
    let stages = try [Self.yaml, Self.libraryYAML].flatMap { try Pipeline(PipelineSpecification(parsing: $0, file: "p.yaml")).stages }
    let missing = Set(TransformerRegistry.standard.names).subtracting(stages.map(\.transformer))
    #expect(missing.isEmpty, "\(missing)")
  }
}
