/// An intermediate of a model in the catalogue.
struct IntermediateID: Hashable, Sendable {
  let model: Int64
  let name: String
}
