import Mistique

/// The examples of a layer whose rows are tokens, of sequences of different lengths: which tokens are whose.
///
/// A capture keeps it beside the layers, in a frame of its own (Sources/PythonMistique: `_add_places`).
struct Sequences {
  /// What the frame is called.
  static let intermediate = ":rows"

  /// The examples, in the order of the store.
  let rowIDs: [Int64]
  /// How many tokens each one has.
  let lengths: [Int64]
  /// The place of each one's first token in the batch that it was captured in: there may be padding before it.
  let offsets: [Int64]
  /// The tokens of a sequence in that batch, padding included.
  let widths: [Int64]
  /// The places of the tokens among the rows of the layer, example after example; `nil` where that is their own order.
  let tokens: [Int]?

  /// - Parameters:
  ///   - told: the frame.
  ///   - ids: of the layer's rows.
  ///   - key: the layer.
  /// - Throws: `QuestionError` where the frame does not say of each row of the layer, once, whose it is.
  init(_ told: IntermediateResult, of ids: RowIDs, _ key: IntermediateKey) throws {
    let count = Int64(ids.count)
    func unsound(_ what: String) -> QuestionError {
      QuestionError(
        "\(key.model).\(Self.intermediate)", "\(what), so that nobody knows whose the tokens of \(key.intermediate) are",
        remedy: "Look for damage with mistique verify; export columns of it, as n0, without their examples")
    }
    func numbers(_ name: String, _ known: ClosedRange<Int64>) throws -> [Int64] {
      guard let column = told.frame?[name], let numbers = column.integers, (0..<column.count).allSatisfy(column.isPresent) else {
        throw unsound("it has no whole numbers called \(name)")
      }
      guard let other = numbers.first(where: { !known.contains($0) }) else { return numbers }
      throw unsound("\(other) is no \(name) among \(count) tokens")
    }
    rowIDs = told.rowIDs.array
    lengths = try numbers("length", 0...count)
    offsets = try numbers("offset", 0...Int64.max)
    widths = try numbers("width", 0...Int64.max)
    let starts = try numbers("start", 0...Int64.max - count)
    var tokens: [Int64] = []
    for (start, length) in zip(starts, lengths) {
      guard Int64(tokens.count) <= count - length else { throw unsound("it has more than the \(count) tokens that there are") }
      tokens += start..<start + length
    }
    guard !tokens.elementsEqual(ids.array) else {
      self.tokens = nil
      return
    }
    let places = Dictionary(ids.array.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let found = tokens.compactMap { places[$0] }
    guard found.count == ids.count, Set(found).count == ids.count else {
      throw unsound("it names \(tokens.count) tokens, \(found.count) of the \(count) that there are")
    }
    self.tokens = found
  }
}

extension AskedStore {
  /// Whether the rows of an intermediate are tokens, and the store knows whose.
  func areSequences(_ key: IntermediateKey) throws -> Bool {
    guard capturedLayer(key)?.hasOwnRows == true else { return false }
    let listed = try store.intermediates(of: key.model)
    return key.intermediate != Sequences.intermediate && listed.contains { $0.name == Sequences.intermediate }
  }

  /// Whose tokens the rows of an answer are; `nil` where they are no tokens.
  func sequences(of key: IntermediateKey, in result: IntermediateResult) throws -> Sequences? {
    guard result.matrix != nil, try areSequences(key) else { return nil }
    let told = try fetchSilently([IntermediateKey(model: key.model, intermediate: Sequences.intermediate)], rows: .all)[0]
    guard told.receipt == result.receipt else {
      throw QuestionError("\(key.ofIntermediate)", "its model was changed while it was read", remedy: "Export it again")
    }
    return try Sequences(told, of: result.rowIDs, key)
  }
}
