/// What has to be done to the bytes of a frame before they are part of an answer: reading costs differ by it.
package enum ReadKind: String, CaseIterable, Sendable {
  /// Values in full precision, text excepted.
  case full
  /// LP_QT: values of a narrower type.
  case lowPrecision
  /// KBIT_QT and BOUND_QT: codes.
  case kbit
  /// THRESHOLD_QT: one bit per value.
  case threshold
  /// Both rungs of a ladder: the values, made exact again.
  case ladder
  /// The base of a ladder: codes, which become values within its bound.
  case base
  /// Text in full.
  case text
  /// Frames of other columns, whose rows are picked, filled or added to, to give a column that is not stored.
  case derived
}

extension ReadKind {
  /// The kind of a chunk that a column of `column` is stored in. A chunk with a NaN is stored in full whatever the scheme of its intermediate.
  init(stored: StoredType, column: ColumnType, scheme: QuantizationScheme.Values) {
    switch stored {
    case .values(column): self = column == .text ? .text : .full
    case .values, .float16: self = .lowPrecision
    case .codes: if case .threshold = scheme { self = .threshold } else { self = .kbit }
    }
  }
}

/// What an answer costs to read, known exactly before reading, by kind of frame.
///
/// A frame that holds chunks of two kinds counts as that of the chunk which needs it first. Kinds that no frame is of are not there.
package struct ReadEstimate: Sendable, Equatable {
  /// The frames of one kind.
  package struct Part: Sendable, Equatable {
    package var frames = 0
    /// Bytes of the frames in their files.
    package var storedBytes = 0
    /// Bytes of the frames, decoded.
    package var rawBytes = 0

    package init(frames: Int = 0, storedBytes: Int = 0, rawBytes: Int = 0) {
      self.frames = frames
      self.storedBytes = storedBytes
      self.rawBytes = rawBytes
    }

    static func += (sum: inout Part, part: Part) {
      sum.frames += part.frames
      sum.storedBytes += part.storedBytes
      sum.rawBytes += part.rawBytes
    }
  }

  package private(set) var parts: [ReadKind: Part]

  /// Frames of all kinds.
  package var frames: Int { parts.values.reduce(0) { $0 + $1.frames } }
  /// Bytes of all frames in their files.
  package var storedBytes: Int { parts.values.reduce(0) { $0 + $1.storedBytes } }
  /// Bytes of all frames, decoded.
  package var rawBytes: Int { parts.values.reduce(0) { $0 + $1.rawBytes } }

  package init(parts: [ReadKind: Part]) { self.parts = parts.filter { $1 != Part() } }

  /// Frames of one kind only.
  package init(_ kind: ReadKind = .full, frames: Int = 0, storedBytes: Int = 0, rawBytes: Int = 0) {
    self.init(parts: [kind: Part(frames: frames, storedBytes: storedBytes, rawBytes: rawBytes)])
  }

  init(_ requests: [FrameRequest], _ derived: [DerivedRead]) {
    parts = [:]
    // Summed up per kind before it is looked for: most reads are of one kind, and of many frames.
    var (kind, part) = (ReadKind.full, Part())
    for request in requests {
      if request.kind != kind {
        add(part, to: kind)
        (kind, part) = (request.kind, Part())
      }
      part += Part(frames: 1, storedBytes: request.storedBytes, rawBytes: request.rawBytes)
    }
    add(part, to: kind)
    for read in derived { for part in read.source.estimate.parts.values { add(part, to: .derived) } }
  }

  private mutating func add(_ part: Part, to kind: ReadKind) {
    if part.frames > 0 { parts[kind, default: Part()] += part }
  }
}
