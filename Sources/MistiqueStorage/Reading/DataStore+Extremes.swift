/// The smallest and the largest exact value of asked columns in each RowBlock, known without reading a value.
package struct BlockExtremes: Sendable {
  package let rowsPerBlock: Int
  /// RowBlock by RowBlock, one for each asked column; -infinity where nothing is known.
  package let lowest: [[Float]]
  /// Likewise; infinity where nothing is known.
  package let highest: [[Float]]
}

extension DataStore {
  /// What the statistics of ColumnChunks say of the asked columns of maps. A ColumnChunk holds a channel, so that its columns share them.
  ///
  /// Complexity: O(RowBlocks x columns); reads nothing that making the plan did not.
  package func extremes(of plan: ReadPlan) throws -> BlockExtremes {
    let manifest = plan.manifest
    let blocks = (manifest.rows + manifest.rowsPerBlock - 1) / manifest.rowsPerBlock
    var lowest = Array(repeating: Array(repeating: -Float.infinity, count: plan.width), count: blocks)
    var highest = Array(repeating: Array(repeating: Float.infinity, count: plan.width), count: blocks)
    for span in Self.spans(of: manifest.schema, holding: plan.columns) {
      guard case .stored(let chunks) = try columnRecord(manifest.spans[span]), chunks.rowsPerBlock == manifest.rowsPerBlock else {
        continue
      }
      var place = 0
      for columns in plan.columns {
        let shared = columns.clamped(to: manifest.schema.spans[span].columns)
        let places = place + shared.lowerBound - columns.lowerBound..<place + shared.upperBound - columns.lowerBound
        place += columns.count
        guard !shared.isEmpty else { continue }
        for (block, statistics) in chunks.statistics.prefix(blocks).enumerated() where statistics.lowest <= statistics.highest {
          for column in places { (lowest[block][column], highest[block][column]) = (statistics.lowest, statistics.highest) }
        }
      }
    }
    return BlockExtremes(rowsPerBlock: manifest.rowsPerBlock, lowest: lowest, highest: highest)
  }
}
