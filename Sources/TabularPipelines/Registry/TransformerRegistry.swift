/// The transformers that a specification may name.
public struct TransformerRegistry: Sendable {
  private let types: [String: any Transformer.Type]

  public init(_ types: [any Transformer.Type]) {
    self.types = Dictionary(uniqueKeysWithValues: types.map { ($0.signature.name, $0) })
  }

  /// Those of this library.
  public static let standard = TransformerRegistry([
    ReadCSV.self, Join.self, SelectColumn.self, DropColumns.self, TrainTestSplit.self, TrainLightGBM.self, TrainXGBoost.self, Predict.self,
    FillNA.self, OneHotEncoding.self, Avg.self, GetConstructionRecency.self, ComputeNeighborhood.self, IsResidential.self,
    Scale.self, PCA.self, TrainElasticNet.self, CombinePredictions.self, Rename.self, Cast.self,
  ])

  public subscript(name: String) -> (any Transformer.Type)? { types[name] }
  public var names: [String] { types.keys.sorted() }
}
