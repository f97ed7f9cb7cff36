import ConvolutionalNetworks
import ExperimentKit
import Mistique

/// What directories, manifests and catalogue take at the paper's scale: 150 million of its ColumnChunks, of networks and of pipelines.
///
/// Simulated: the directories and manifests are made, by the code that writes them, for stored sizes as measured in this run; no values are.
struct CatalogBench {
  let report: BenchReport
  /// Raw to stored bytes of a network's intermediates and of a pipeline's columns.
  let ratios: (network: Double, columns: Double)

  func run() throws {
    report.say("Directories at the paper's scale (simulated)")
    report.record("catalog", "catalog_fraction", max(try networks(), try pipelines()), unit: "1")
  }

  /// Ten checkpoints of VGG16 over 50,000 images, every one stored anew.
  private func networks() throws -> Double {
    let (images, checkpoints) = (50_000, 10)
    var size = DirectorySize(seed: 1)
    var columns = 0
    let layers = try NetworkDescription.cifar10VGG16().layers().dropFirst()
    for shape in layers.map(\.shape) {
      try size.add(
        .maps(channels: shape.channels, height: shape.height, width: shape.width), rows: images, options: .init(), ratio: ratios.network)
      columns += shape.columnCount
    }
    let stored = Double(columns * images * 4 * checkpoints) / ratios.network
    let references = columns * images / 1000 * checkpoints
    // A row of the catalogue takes 150 bytes with its index, generously.
    let catalog = (size.partitions + layers.count * 2 + 40) * checkpoints * 150
    return record(
      "network", references: references, chunks: size.chunks * checkpoints, bytes: size.bytes * checkpoints + catalog, stored: stored)
  }

  /// Fifty pipelines of twenty intermediates of fifty columns over the 2,985,217 properties; three distinct columns come new with each pipeline,
  /// the others with the first.
  private func pipelines() throws -> Double {
    let (rows, pipelines, intermediates, columns) = (2_985_217, 50, 20, 50)
    let distinct = columns + 3 * pipelines
    var size = DirectorySize(seed: 2)
    let schema = IntermediateSchema.columns((0..<columns).map { .init(name: "column \($0)", type: .float64) })
    for _ in 0..<distinct / columns { try size.add(schema, rows: rows, options: .init(), ratio: ratios.columns) }
    for _ in 0..<pipelines * intermediates { try size.addReferences(to: schema, rows: rows, rowsPerBlock: 4000) }
    let stored = Double(distinct * rows * 8) / ratios.columns
    let references = pipelines * intermediates * columns * (rows / 1000)
    let catalog = (size.partitions + pipelines * (intermediates * 2 + 20)) * 150
    return record("pipelines", references: references, chunks: size.chunks, bytes: size.bytes + catalog, stored: stored)
  }

  private func record(_ name: String, references: Int, chunks: Int, bytes: Int, stored: Double) -> Double {
    report.record("catalog", "\(name).chunk_references", Double(references), unit: "chunks")
    report.record("catalog", "\(name).stored_chunks", Double(chunks), unit: "chunks")
    report.record("catalog", "\(name).directory_bytes", Double(bytes), unit: "B")
    report.record("catalog", "\(name).catalog_fraction", Double(bytes) / stored, unit: "1")
    return Double(bytes) / stored
  }
}
