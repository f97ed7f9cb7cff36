/// The bytes of a partition file, version 2 or 3. All numbers are little endian; `v` is a LEB128 number, `z` a zigzag LEB128 number.
///
///     offset  size
///     0       8     "MSTQPART"
///     8       4     format version
///     12      4     zero
///     16      ...   frames, one after the other, each encoded by itself; of a frame in two rungs, the base
///     r       ...   the residuals of frames in two rungs, one after the other                               version 3
///     f       n     footer, zstd
///     f + n   8     n
///             8     size of the footer uncompressed
///             8     XXH3-64 of the n stored bytes
///             8     "MSTQFOOT"
///
/// Footer, uncompressed; a list `x[]` has one element per frame or chunk, all of one kind side by side, because they compress best so:
///
///     v   copy: 0, or a number that tells partitions of equal content apart
///     4   number of frames    1 encoding[]   v stored bytes[]   v raw bytes[]   8 XXH3-64 of the stored bytes[]
///     v stored bytes[] of the residuals, 0 where a frame has none   8 XXH3-64 of the stored bytes[] of those that have one      version 3
///     4   number of chunks    1 kind[]   1 stored type[]   1 flags[] (1 = validity)   v rows[]   v width[]   v payload bytes[]
///                             z first frame less the one before's[]   v offset in it[]   v rows per frame[] (0 = all in one frame)
///                             8 fingerprint[]
///
/// Version 3 is written where a frame has a residual, and version 2 everywhere else. All residuals lie together, so that reading bases touches nothing else,
/// and giving residuals back leaves one hole.
///
/// A partition's name is the XXH3-128 of its uncompressed footer, which holds the checksum of every frame: partitions are
/// content-addressed, immutable, and may be copied between stores.
package enum PartitionFormat {
  static let magic: [UInt8] = Array("MSTQPART".utf8)
  static let footerMagic: [UInt8] = Array("MSTQFOOT".utf8)
  static let version: UInt32 = 2
  /// Of partitions with residuals.
  static let rungsVersion: UInt32 = 3
  static let headerBytes = 16
  static let trailerBytes = 32
  /// A footer or frame that claims more than this is damaged, not big: it is refused before memory is taken for it. zlib counts in 32 bits.
  static let largestFrameBytes = Int(UInt32.max)
  static let largestFooterBytes = 1 << 30
  package static let fileSuffix = ".mqp"
}

/// Where one frame of a partition is.
struct FrameEntry: Sendable {
  let encoding: UInt8
  let offset: Int
  let storedBytes: Int
  let rawBytes: Int
  let checksum: UInt64
  /// Where the residual of a frame in two rungs is; `nil` for a frame in one piece.
  var residual: Residual?

  struct Residual: Sendable {
    var offset: Int
    let storedBytes: Int
    let checksum: UInt64
  }

  /// Bytes of what is stored, or of what reading the base takes.
  func storedBytes(_ rungs: QuantizationScheme.Rungs) -> Int { storedBytes + (rungs == .all ? residual?.storedBytes ?? 0 : 0) }
}

/// Where one chunk of a partition is.
package struct ChunkEntry: Sendable {
  package let shape: ColumnChunkShape
  package let payloadBytes: Int
  package let fingerprint: ChunkFingerprint
  let firstFrame: Int
  let offsetInFrame: Int
  /// When the chunk is cut over several frames: the rows in each but the last; 0 when it lies in one frame.
  let rowsPerFrame: Int

  /// The frames that hold rows `rows` of the chunk.
  package func frames(holding rows: Range<Int>) -> Range<Int> {
    guard rowsPerFrame > 0, !rows.isEmpty else { return firstFrame..<firstFrame + 1 }
    return firstFrame + rows.lowerBound / rowsPerFrame..<firstFrame + (rows.upperBound - 1) / rowsPerFrame + 1
  }

  package var frameCount: Int { rowsPerFrame > 0 ? (shape.rows + rowsPerFrame - 1) / rowsPerFrame : 1 }
}

/// The content-derived name of a partition.
package struct PartitionID: Hashable, Sendable, CustomStringConvertible {
  package let value: Fingerprint

  package init(_ value: Fingerprint) { self.value = value }

  package init(bytes: some Collection<UInt8>) throws {
    var reader = ByteReader(Array(bytes), place: "a partition's name")
    value = Fingerprint(low: try reader.read(), high: try reader.read())
    try reader.expectEnd()
  }

  package var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(value.low)
    writer.write(value.high)
    return writer.bytes
  }

  package var description: String { value.hex }

  /// The identifier that `description` gave: 32 lower-case hexadecimal digits; `nil` for any other text. The only parser there is.
  package init?(_ description: String) {
    let digits = Array(description.utf8)
    guard digits.count == 32, digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
      let high = UInt64(description.prefix(16), radix: 16), let low = UInt64(description.suffix(16), radix: 16)
    else { return nil }
    value = Fingerprint(low: low, high: high)
  }
}

/// Names one stored chunk: the partition and the place in its directory.
package struct ChunkReference: Hashable, Sendable {
  package let partition: PartitionID
  package let index: Int

  package init(partition: PartitionID, index: Int) {
    self.partition = partition
    self.index = index
  }
}
