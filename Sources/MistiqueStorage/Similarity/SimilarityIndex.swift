import CStorageKernels

/// Finds the stored chunk most similar to a new one: locality-sensitive hashing of MinHash signatures (paper section 3; Indyk and Motwani
/// 1998, doi 10.1145/276698.276876).
///
/// A signature is cut into bands; chunks that agree in all minima of a band are in the same bucket of it, and the newest few of each of the
/// bands' buckets are compared. A chunk of similarity J is met with probability 1 - (1 - J^r)^b for b bands of r minima, less what
/// crowded buckets hide.
///
/// Buckets are chains through a ring of entries, as in a DEFLATE compressor's window: forgetting the oldest entry costs nothing, and
/// memory is bounded by the options. Answers depend on what was inserted, in its order, and on nothing else.
package struct SimilarityIndex: Sendable {
  private let options: SimilarityOptions
  /// The most entries that fit `options.indexBytes`.
  package let capacity: Int

  /// By slot, the entry's number modulo `capacity`.
  private var minima: [UInt16] = []
  private var ids: [Int] = []
  private var isRemoved: [Bool] = []
  /// By slot and band: the number of the entry before in the same bucket.
  private var previous: [UInt32] = []
  /// By band and bucket: the number of the newest entry. Entries are numbered from 1; 0 is nobody.
  private var newest: [UInt32]
  private var bucketsPerBand: Int
  private static let firstBuckets = 64
  private var oldestNumber: UInt32 = 1
  private var nextNumber: UInt32 = 1

  package init(options: SimilarityOptions) {
    precondition(options.hashesPerBand > 0 && options.hashes % options.hashesPerBand == 0, "bands must have equally many minima")
    self.options = options
    capacity = max(1, options.indexBytes / Self.bytesPerEntry(options))
    bucketsPerBand = Self.firstBuckets
    newest = [UInt32](repeating: 0, count: options.bands * Self.firstBuckets)
  }

  /// Bytes of an entry when the index is full: its minima, links and id, and at most two buckets of each band.
  package static func bytesPerEntry(_ options: SimilarityOptions) -> Int { options.hashes * 2 + options.bands * (4 + 2 * 4) + 8 + 1 }

  /// Entries that are kept, removed ones included until their turn to go comes.
  package var count: Int { Int(nextNumber - oldestNumber) }

  /// The entry most similar to `sketch` of those that share a bucket with it and reach the threshold; of equally similar ones the newest.
  ///
  /// Complexity: O(bands x candidatesPerBand) comparisons of signatures.
  package func closest(to sketch: SimilaritySketch) -> (id: Int, similarity: Double)? {
    guard !sketch.isEmpty else { return nil }
    precondition(sketch.minima.count == options.hashes, "a signature of another size")
    var best = (agreement: max(1, UInt32((options.threshold * Double(options.hashes)).rounded(.up))), number: UInt32(0))
    sketch.minima.withUnsafeBufferPointer { wanted in
      minima.withUnsafeBufferPointer { stored in
        for band in 0..<options.bands {
          var number = newest[band * bucketsPerBand + bucket(wanted, band)]
          for _ in 0..<options.candidatesPerBand where number >= oldestNumber {
            let slot = slot(number)
            let agreement = mistique_minhash_agreement(
              wanted.baseAddress, stored.baseAddress! + slot * options.hashes, options.hashes)
            if (agreement, number) >= best, !isRemoved[slot] { best = (agreement, number) }
            number = previous[slot * options.bands + band]
          }
        }
      }
    }
    guard best.number > 0 else { return nil }
    return (ids[slot(best.number)], Double(best.agreement) / Double(options.hashes))
  }

  /// Adds a chunk; an empty sketch is not kept. Ids must grow from call to call.
  ///
  /// Complexity: amortised O(bands).
  package mutating func insert(_ sketch: SimilaritySketch, id: Int) {
    guard !sketch.isEmpty else { return }
    precondition(sketch.minima.count == options.hashes, "a signature of another size")
    precondition(count == 0 || id > ids[slot(nextNumber - 1)], "ids must grow")
    // Four billion chunks later the numbers are used up. Beginning anew costs some placements, nothing else.
    if nextNumber == .max { self = SimilarityIndex(options: options) }
    if count == capacity { oldestNumber += 1 }
    if count == bucketsPerBand, bucketsPerBand < capacity { grow() }
    let number = nextNumber
    let slot = slot(number)
    if slot == ids.count {
      minima.append(contentsOf: sketch.minima)
      ids.append(id)
      isRemoved.append(false)
      previous.append(contentsOf: repeatElement(0, count: options.bands))
    } else {
      minima.replaceSubrange(slot * options.hashes..<(slot + 1) * options.hashes, with: sketch.minima)
      ids[slot] = id
      isRemoved[slot] = false
    }
    nextNumber += 1
    link(number)
  }

  /// Makes `id` unfindable. An id that is not there, because it was never inserted or has gone, is no error.
  ///
  /// Complexity: O(log entries).
  package mutating func remove(_ id: Int) {
    var low = oldestNumber
    var high = nextNumber
    while low < high {
      let middle = low + (high - low) / 2
      if ids[slot(middle)] < id { low = middle + 1 } else { high = middle }
    }
    if low < nextNumber, ids[slot(low)] == id { isRemoved[slot(low)] = true }
  }

  private func slot(_ number: UInt32) -> Int { Int(number - 1) % capacity }

  private func bucket(_ minima: UnsafeBufferPointer<UInt16>, _ band: Int) -> Int {
    var hash = UInt64(band)
    for row in band * options.hashesPerBand..<(band + 1) * options.hashesPerBand {
      hash = (hash ^ UInt64(minima[row])) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 32
    }
    return Int(truncatingIfNeeded: hash) & (bucketsPerBand - 1)
  }
}

extension SimilarityIndex {
  private mutating func link(_ number: UInt32) {
    let slot = slot(number)
    for band in 0..<options.bands {
      let head = minima.withUnsafeBufferPointer { all in
        band * bucketsPerBand + bucket(UnsafeBufferPointer(rebasing: all[slot * options.hashes..<(slot + 1) * options.hashes]), band)
      }
      previous[slot * options.bands + band] = newest[head]
      newest[head] = number
    }
  }

  /// Doubles the buckets. Room is reserved exactly, because arrays that double by themselves could take twice what the options allow.
  private mutating func grow() {
    bucketsPerBand *= 2
    let entries = min(capacity, bucketsPerBand)
    minima.reserveCapacity(entries * options.hashes)
    ids.reserveCapacity(entries)
    isRemoved.reserveCapacity(entries)
    previous.reserveCapacity(entries * options.bands)
    newest = [UInt32](repeating: 0, count: options.bands * bucketsPerBand)
    for number in oldestNumber..<nextNumber { link(number) }
  }
}
