import CStorageKernels

/// The MinHash signature of a ColumnChunk: two chunks agree in about as large a part of their minima as their sets have in common.
///
/// The elements of the set are the chunk's values, without their rows (paper section 3; Broder 1997, doi 10.1109/SEQUEN.1997.666900). A
/// value that fills half the column is in it once; a column and what is left of it after rows were dropped are similar, as they
/// are to a compressor.
///
/// One-permutation hashing (Li, Owen, Zhang, NIPS 2012): each value is hashed once; the hash's high bits choose one of `hashes` bins,
/// the rest is minimised there. Bins without values borrow another's minimum (optimal densification, Shrivastava, ICML 2017).
/// Of a minimum 16 bits are kept (b-bit minwise hashing, Li and König 2010, doi 10.1145/1772690.1772759), which adds 2^-16 to estimates.
///
/// Complexity: O(values), about a nanosecond each. Memory: 2 bytes per minimum.
package struct SimilaritySketch: Sendable, Equatable {
  /// Empty when the chunk has no element.
  package let minima: [UInt16]

  package var isEmpty: Bool { minima.isEmpty }

  /// The signature of `values`, a chunk's payload without its validity words. Bytes that do not fill an element are not looked at.
  ///
  /// Discretisation of floating-point values: all NaNs are one value, so are 0 and -0; others lose their mantissa's low bits if the options
  /// say so, which leaves infinities apart from numbers. Integers and bytes count as they are.
  package init(_ values: UnsafeRawBufferPointer, element: SimilarityElement, options: SimilarityOptions) {
    precondition(
      options.hashes.nonzeroBitCount == 1 && 16...1024 ~= options.hashes, "a signature has a power of two of minima, 16 to 1,024")
    var plan = Self.plan(element, options)
    let count = min(values.count / element.byteCount, options.sampledElements)
    let hash = element.byteCount == 8 ? mistique_minhash_64 : mistique_minhash_32
    let bins = [UInt32](unsafeUninitializedCapacity: options.hashes) { bins, initialised in
      bins.initialize(repeating: .max)
      hash(values.baseAddress, count, &plan, bins.baseAddress)
      initialised = options.hashes
    }
    minima = count == 0 ? [] : Self.densified(bins, logBins: plan.log_bins)
  }

  /// The signature of a chunk; empty for text and for records of the store, which are not placed by similarity.
  package init(_ chunk: ColumnChunk, options: SimilarityOptions) {
    guard chunk.shape.kind == .values, case .values(let type) = chunk.shape.type, let element = SimilarityElement(type) else {
      minima = []
      return
    }
    self = chunk.payload.withBytes {
      SimilaritySketch(UnsafeRawBufferPointer(rebasing: $0[chunk.shape.validityBytes...]), element: element, options: options)
    }
  }

  /// The estimated Jaccard similarity, 0 to 1, unbiased but for the 16 bits; 0 if either has no element.
  package func similarity(to other: SimilaritySketch) -> Double {
    guard !isEmpty, !other.isEmpty else { return 0 }
    precondition(minima.count == other.minima.count, "signatures of different sizes")
    return Double(mistique_minhash_agreement(minima, other.minima, minima.count)) / Double(minima.count)
  }

  private static func plan(_ element: SimilarityElement, _ options: SimilarityOptions) -> mistique_minhash_plan {
    let logBins = UInt32(options.hashes.trailingZeroBitCount)
    func floats(mantissa: Int, infinity: UInt64) -> mistique_minhash_plan {
      let dropped = max(0, mantissa - (options.mantissaBits ?? mantissa))
      return mistique_minhash_plan(mask: UInt64.max << UInt64(dropped), infinity: infinity, log_bins: logBins)
    }
    switch element {
    case .float32: return floats(mantissa: 23, infinity: UInt64(Float.infinity.bitPattern))
    case .float64: return floats(mantissa: 52, infinity: Double.infinity.bitPattern)
    case .int32, .int64, .byte: return mistique_minhash_plan(mask: .max, infinity: 0, log_bins: logBins)
    }
  }

  /// Fills empty bins: each tries other bins in an order of its own, equal for all sketches, until one has a minimum.
  private static func densified(_ bins: [UInt32], logBins: UInt32) -> [UInt16] {
    bins.indices.map { bin in
      var source = bin
      var attempt: UInt64 = 0
      while bins[source] == .max {
        attempt += 1
        let mixed = (UInt64(bin) << 32 | attempt) &* 0x9E37_79B9_7F4A_7C15
        source = Int(((mixed ^ mixed >> 32) &* 0xBF58_476D_1CE4_E5B9) >> (64 - UInt64(logBins)))
      }
      return UInt16(truncatingIfNeeded: bins[source])
    }
  }
}
