import CStorageKernels

/// How one frame is stored, decided on its distinct words and on a sample of 1,024; nothing is compressed to find out.
enum WordChoice {
  case constant
  case dictionary(distinct: Int)
  /// Bit k of `incompressible` is set where the sample says that zstd would gain nothing on plane k.
  case planes(WordTransform, incompressible: UInt32)

  var body: WordEncoding.Body {
    switch self {
    case .constant: .constant
    case .dictionary: .dictionary
    case .planes: .planes
    }
  }

  /// Up to here a dictionary needs no comparison: codes take 4 bits at most.
  private static let fewDistinct = 16

  static func choose(_ words: Words, _ worker: FrameWorker) -> WordChoice {
    // A list of single bytes saves something only when it is shorter than a byte's range.
    let limit = words.bytes == 1 ? fewDistinct : min(WordDictionary.largestSize, max(fewDistinct, words.count / 2))
    let distinct = WordDictionary.collect(words, limit: limit, worker)
    if distinct == 1 { return .constant }
    if let distinct, distinct <= fewDistinct { return .dictionary(distinct: distinct) }
    if words.bytes == 1 { return .planes(.none, incompressible: 0) }
    let sample = WordSample(words)
    let (transform, incompressible, cost) = sample.cheapest
    if let distinct, WordDictionary.cost(words, distinct: distinct, worker) < cost * Double(words.count) {
      return .dictionary(distinct: distinct)
    }
    return .planes(transform, incompressible: incompressible)
  }
}

/// A sample of a frame's words.
struct WordSample {
  private let values: [Int64]
  private let differences: [Int64]
  private let wordBytes: Int

  init(_ words: Words) {
    var differences: [Int64] = []
    values = [Int64](unsafeUninitializedCapacity: Int(MISTIQUE_WORDS_SAMPLE)) { values, count in
      differences = [Int64](unsafeUninitializedCapacity: Int(MISTIQUE_WORDS_SAMPLE)) { differences, differenceCount in
        count = mistique_words_sample(words.start, words.count, UInt32(words.bytes), values.baseAddress, differences.baseAddress)
        differenceCount = count
      }
    }
    self.differences = differences
    wordBytes = words.bytes
  }

  /// The transform whose planes should take the fewest bytes, and how many for each word.
  var cheapest: (transform: WordTransform, incompressible: UInt32, bytesPerWord: Double) {
    var best = cost(values, base: 0, .none)
    func consider(_ other: (transform: WordTransform, incompressible: UInt32, bytesPerWord: Double)) {
      if other.bytesPerWord < best.bytesPerWord { best = other }
    }
    if values.count > 1 { consider(cost(differences, base: differences.min()!, .differences)) }
    if let (digits, integers, exceptionShare) = decimals {
      var decimal = cost(integers, base: integers.min()!, .decimals(digits: digits))
      decimal.bytesPerWord += exceptionShare * 12
      consider(decimal)
    }
    return best
  }

  private func cost(
    _ values: [Int64], base: Int64, _ transform: WordTransform
  ) -> (transform: WordTransform, incompressible: UInt32, bytesPerWord: Double) {
    var incompressible: UInt32 = 0
    let bytes = mistique_words_plane_cost(values, values.count, base, UInt32(wordBytes), &incompressible)
    return (transform, incompressible, bytes)
  }

  /// The fewest decimal places that nearly all of the sample have, the integers they make, and the share that has more.
  private var decimals: (digits: Int, integers: [Int64], exceptionShare: Double)? {
    guard wordBytes == 8 else { return nil }
    var integers = [Int64](repeating: 0, count: values.count)
    var exceptions = [UInt32](repeating: 0, count: values.count)
    let few = min(values.count, 64)
    for digits in 0...WordTransform.largestDigits {
      // A few values show most frames that have none; the others are looked at in full.
      guard mistique_words_to_decimals(values, few, UInt32(digits), &integers, &exceptions) <= few / 8 else { continue }
      let count = mistique_words_to_decimals(values, values.count, UInt32(digits), &integers, &exceptions)
      if count <= values.count / 32 { return (digits, integers, Double(count) / Double(values.count)) }
    }
    return nil
  }
}
