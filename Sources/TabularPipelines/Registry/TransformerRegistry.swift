/// The transformers that a specification may name.
package struct TransformerRegistry: Sendable {
  private let types: [String: any Transformer.Type]

  init(_ types: [any Transformer.Type]) {
    self.types = Dictionary(uniqueKeysWithValues: types.map { ($0.signature.name, $0) })
  }

  /// The transformers of this library.
  package static let standard = TransformerRegistry([
    ReadCSV.self, Join.self, SelectColumn.self, DropColumns.self, TrainTestSplit.self, TrainLightGBM.self, TrainXGBoost.self, Predict.self,
    FillNA.self, OneHotEncoding.self, Avg.self, GetConstructionRecency.self, ComputeNeighborhood.self, IsResidential.self,
    Scale.self, PCA.self, TrainElasticNet.self, CombinePredictions.self, Rename.self, Cast.self,
  ])

  subscript(name: String) -> (any Transformer.Type)? { types[name] }

  /// In alphabetical order.
  var names: [String] { types.keys.sorted() }
}
