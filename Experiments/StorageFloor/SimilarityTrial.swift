import ExperimentKit
import Mistique
import MistiqueStorage

/// What similarity placement would do to frames of maps, and what it would save: summed over everything that is added.
///
/// Every frame is sketched and looked up among those before it. Where one resembles it, the frame is encoded as a difference from that one
/// too, and the smaller encoding counts.
struct SimilarityTrial {
  private(set) var chunks = 0
  /// Chunks that resembled an earlier one.
  private(set) var similarChunks = 0
  private(set) var bytes = (alone: 0, similar: 0)
  private(set) var seconds = (alone: 0.0, similarity: 0.0)

  /// Adds the same layer at several checkpoints, cut as a store cuts it: frames of one map's rows.
  mutating func add(_ arrays: [LayerArray]) throws {
    let frames = arrays.flatMap(Self.frames)
    var index = SimilarityIndex(options: SimilarityOptions())
    for (place, frame) in frames.enumerated() {
      let alone = Stopwatch.time { FrameTrial.bytes(of: frame) }
      let trial = Stopwatch.time { () -> Int in
        let sketch = SimilaritySketch(frame, options: SimilarityOptions())
        let found = index.closest(to: sketch)
        index.insert(sketch, id: place)
        guard let found, frames[found.id].payload.count == frame.payload.count else { return alone.result }
        similarChunks += 1
        return min(alone.result, FrameTrial.bytes(of: frame, after: frames[found.id]))
      }
      chunks += 1
      bytes = (bytes.alone + alone.result, bytes.similar + trial.result)
      seconds = (seconds.alone + alone.seconds, seconds.similarity + trial.seconds)
    }
  }

  private static func frames(of array: LayerArray) -> [ColumnChunk] {
    array.schema.spans.flatMap { run in
      let width = run.columns.count
      let rowsPerFrame = max(1, FrameLayout().slicedFrameBytes / (width * 4))
      return stride(from: 0, to: array.rows, by: rowsPerFrame).map { start in
        let rows = start..<min(start + rowsPerFrame, array.rows)
        let frame = ByteBuffer(count: rows.count * width * 4)
        array.matrix.withValues { values in
          frame.withMutableBytes { target in
            for (place, row) in rows.enumerated() {
              let source = UnsafeRawPointer(values.baseAddress! + row * array.matrix.columns + run.columns.lowerBound)
              (target.baseAddress! + place * width * 4).copyMemory(from: source, byteCount: width * 4)
            }
          }
        }
        return ColumnChunk(shape: ColumnChunkShape(type: .values(.float32), rows: rows.count, width: width), payload: BufferSlice(frame))
      }
    }
  }
}
