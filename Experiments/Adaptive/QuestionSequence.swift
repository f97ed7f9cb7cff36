import Groundwork

/// The random questions of figure 10: the paper's eight of pipelines, in an order drawn from a seed.
///
/// The paper says that there are 25 of them and not how they were drawn. Here each of the eight is asked three times, one of them once more, so
/// that every question is repeated whatever the seed.
enum QuestionSequence {
  static let count = 25

  /// Places among `kinds` questions, in the order in which they are asked.
  static func places(kinds: Int, seed: UInt64) -> [Int] {
    precondition(kinds > 0, "there are no questions to draw from")
    var random = SplitMix64(seed: seed, stream: 10, index: 0)
    var places = (0..<count / kinds * kinds).map { $0 % kinds }
    while places.count < count { places.append(random.next(below: kinds)) }
    for place in stride(from: count - 1, to: 0, by: -1) { places.swapAt(place, random.next(below: place + 1)) }
    return places
  }
}
