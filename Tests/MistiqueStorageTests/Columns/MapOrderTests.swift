import Foundation
import MistiqueStorage
import TestSupport
import Testing

@Suite struct MapOrderTests {
  private static let shapes = [(1, 5, 4), (3, 32, 32), (16, 4, 4), (17, 5, 7), (64, 16, 16), (40, 1, 1), (512, 2, 2), (33, 31, 17)]

  /// Channel-major rows and the same rows pixel by pixel.
  private func rows(_ count: Int, _ shape: (Int, Int, Int)) -> (schema: IntermediateSchema, major: [Float], last: [Float]) {
    let (channels, pixels) = (shape.0, shape.1 * shape.2)
    var random = SeededRandom(seed: UInt64(channels * 1000 + pixels))
    let major = (0..<count * channels * pixels).map { _ in Float(random.unit() - 0.4) }
    var last = major
    for row in 0..<count {
      for channel in 0..<channels {
        for pixel in 0..<pixels {
          last[(row * pixels + pixel) * channels + channel] = major[(row * channels + channel) * pixels + pixel]
        }
      }
    }
    return (.maps(channels: channels, height: shape.1, width: shape.2), major, last)
  }

  @Test("A row of channels last is turned into exactly the row of channel-major order", arguments: shapes)
  func turning(shape: (Int, Int, Int)) {
    let (schema, major, last) = rows(1, shape)
    var turned = [Float](repeating: .nan, count: major.count)
    MapOrder.channelsLast.bringRow(last, of: schema, into: &turned)
    #expect(turned == major)
  }

  @Test("Pooling gives the same bits in whichever order the maps come", arguments: shapes)
  func pooling(shape: (Int, Int, Int)) {
    var (schema, major, last) = rows(2, shape)
    (major[3], last[3 % (shape.1 * shape.2) * shape.0 + 3 / (shape.1 * shape.2)]) = (.nan, .nan)
    for kind in [QuantizationScheme.Pooling.Kind.average, .maximum] {
      for window in [QuantizationScheme.Pooling.Window.size(1), .size(2), .size(3), .size(5), .wholeMap] {
        let pooling = QuantizationScheme.Pooling(kind, window: window)
        func pooled(_ values: [Float], _ order: MapOrder) -> [UInt32] {
          var result = [Float](repeating: -1, count: 2 * pooling.pooledSchema(of: schema).columnCount)
          pooling.pool(values, rows: 2, schema: schema, order: order, into: &result)
          return result.map { $0.isNaN ? UInt32.max : $0.bitPattern }
        }
        #expect(pooled(last, .channelsLast) == pooled(major, .channelMajor), "\(kind) \(window) of \(shape)")
      }
    }
  }

  @Test("Logging maps of either order writes the same partition", arguments: [QuantizationScheme.none, .pool(2), .kbit(8)])
  func logging(scheme: QuantizationScheme) throws {
    let (schema, major, last) = rows(70, (17, 6, 6))
    func partitions(_ values: [Float], _ order: MapOrder) throws -> [PartitionID] {
      let folder = TemporaryDirectory("order")
      let store = try DataStore(directory: folder.url.path)
      let writer = try StoreWriter(store: store, committed: { [:] })
      let options = StoreWriter.Options(deduplicates: true, codec: .automatic, scheme: scheme)
      let target = MapWriter(schema, to: ChunkSink(writer, options: options, group: "g"))
      for start in stride(from: 0, to: 70, by: 32) {
        let piece = values[start * 612..<min(70, start + 32) * 612]
        let ids = RowIDs.range(Int64(start)..<Int64(min(70, start + 32)))
        try piece.withUnsafeBufferPointer { try target.append($0, rowIDs: ids, order: order) }
      }
      return try writer.commit([try target.finish()], blobs: []) { _, _ in [] }.partitions.map(\.id)
    }
    #expect(try partitions(last, .channelsLast) == partitions(major, .channelMajor))
  }
}
