import Mistique

/// What the outermost bins of 8BIT lose. A bin holds equally many values, so that the last one reaches as far as the largest value does: it is the
/// widest by far, and all of it comes back as one value.
enum EightBitTails {
  /// Images that are read at a time.
  private static let imagesRead = 512

  /// A layer as 8BIT gives it, but with the values of its least and its greatest bin as the network emitted them.
  ///
  /// - Parameters:
  ///   - stored: all of the layer, under 8BIT.
  ///   - full: the same images in full precision.
  static func restored(_ stored: FloatMatrix, layer: Int, from full: IntermediateStore) throws -> FloatMatrix {
    try stored.withValues { codes in
      let (least, greatest) = (codes.min() ?? 0, codes.max() ?? 0)
      return try FloatMatrix(rows: stored.rows, columns: stored.columns) { target in
        for start in stride(from: 0, to: stored.rows, by: imagesRead) {
          let images = (start..<min(start + imagesRead, stored.rows)).map(Int64.init)
          let exact = try full.getIntermediates([SchemeStores.key(layer: layer)], rows: .ids(images), plan: .read)[0].requiredMatrix()
          exact.withValues { values in
            let first = start * stored.columns
            for place in values.indices {
              let value = codes[first + place]
              target[first + place] = value == least || value == greatest ? values[place] : value
            }
          }
        }
      }
    }
  }
}
