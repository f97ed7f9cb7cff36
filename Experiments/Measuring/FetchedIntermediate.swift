import Mistique

/// A fetched intermediate is not of the form that a query needs.
struct UnexpectedIntermediate: Error, CustomStringConvertible {
  let intermediate: String
  let need: String

  var description: String { "\(intermediate) is not \(need). The workload and the query do not fit each other." }
}

extension IntermediateResult {
  func requiredMatrix() throws -> FloatMatrix {
    guard let matrix else { throw UnexpectedIntermediate(intermediate: intermediate, need: "a layer of a network") }
    return matrix
  }

  func requiredNumbers(_ column: String) throws -> [Double] {
    guard let numbers = frame?[column]?.doubles else {
      throw UnexpectedIntermediate(intermediate: intermediate, need: "a frame with the numbers \"\(column)\"")
    }
    return numbers
  }
}

/// A read that gave other values than the re-run: the measurement would be worth nothing.
struct ReadDiffersFromRerun: Error, CustomStringConvertible {
  let key: String
  let query: String

  var description: String {
    "\(query): reading \(key) gave other values than re-running it. The store or the model is at fault; nothing of this run is kept."
  }
}
