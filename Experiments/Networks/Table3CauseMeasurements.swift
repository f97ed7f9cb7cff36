import ExperimentKit
import Mistique

/// Measures what may set table 3 beside the paper's: see ``Table3Causes``. Of at most 4,000 images, as many as scale small has for this table.
struct Table3CauseMeasurements {
  let context: RunContext
  private static let imagesAtMost = 4_000
  private static let maxima = NamedScheme(name: "pool(2) max", scheme: .pool(2, .maximum))

  /// What can be told while the store of a scheme is there.
  func measure(_ scheme: NamedScheme, _ store: IntermediateStore, _ stores: SchemeStores) throws {
    switch scheme.name {
    case NamedScheme.eightBit.name:
      let layer = Table3Causes.layerOfTails
      let (full, stored) = try (stores.inFullPrecision(), SchemeStores.read(layer: layer, from: store))
      let exact = try SchemeStores.read(layer: layer, from: full)
      try record(
        Table3Causes.withoutTails, Table3KNN.overlap(EightBitTails.restored(stored, layer: layer, from: full), exact), scheme, layer)
    case NamedScheme.pool2.name:
      let layer = Table3Causes.layerOfPooling
      let (exact, kept) = try (first(layer, of: stores.inFullPrecision(), stores), first(layer, of: store, stores))
      try record(Table3Causes.byCosine, Table3KNN.overlap(unit(kept), unit(exact)), scheme, layer)
      try record(Table3Causes.ofSome, Table3KNN.overlap(kept, exact), scheme, layer)
      try context.record(Table3Causes.someImages, exact.rows, unit: "images", at: place(scheme, layer))
    default: break
    }
  }

  /// What pooling keeps that takes the largest value of a window in place of the mean.
  func measureMaxima(_ stores: SchemeStores) throws {
    let layer = Table3Causes.layerOfPooling
    let store = try stores.store(Self.maxima)
    let (exact, kept) = try (first(layer, of: stores.inFullPrecision(), stores), first(layer, of: store, stores))
    try record(Table3Causes.ofMaxima, Table3KNN.overlap(kept, exact), .pool2, layer)
    try stores.remove(store)
  }

  /// What pooling keeps with weights that have learned nothing.
  func measureUntrained(_ settings: Settings) throws {
    let layer = Table3Causes.layerOfPooling
    let images = min(SchemeStores.imagesOfTables(context.scale) ?? ImageSplit(.vgg16, context.scale).logged, Self.imagesAtMost)
    let stores = try SchemeStores(context, settings, weights: .first, images: images, layers: [layer], reruns: .none)
    let full = try stores.inFullPrecision()
    let pooled = try stores.store(.pool2)
    try record(Table3Causes.untrained, Table3KNN.overlap(first(layer, of: pooled, stores), first(layer, of: full, stores)), .pool2, layer)
    try stores.remove(pooled)
    try stores.removeAll()
  }

  /// The first images of a layer.
  private func first(_ layer: Int, of store: IntermediateStore, _ stores: SchemeStores) throws -> FloatMatrix {
    let images = min(Self.imagesAtMost, stores.workload.input.images.count)
    return try store.getIntermediates(
      [SchemeStores.key(layer: layer)], rows: .ids((0..<Int64(images)).map { $0 }), plan: .read)[0].requiredMatrix()
  }

  private func place(_ scheme: NamedScheme, _ layer: Int) -> MeasurementTable.Parameters { ["scheme": scheme.name, "layer": layer] }

  private func record(_ metric: String, _ share: Double, _ scheme: NamedScheme, _ layer: Int) throws {
    try context.record(metric, share, unit: "1", at: place(scheme, layer))
  }

  /// Every row at length 1, so that Euclid's order is that of the cosine; rows of zeros stay.
  private func unit(_ matrix: FloatMatrix) -> FloatMatrix {
    matrix.withValues { values in
      FloatMatrix(rows: matrix.rows, columns: matrix.columns) { target in
        for start in stride(from: 0, to: values.count, by: max(1, matrix.columns)) {
          let row = values[start..<start + matrix.columns]
          let length = row.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
          for place in row.indices { target[place] = length > 0 ? Float(Double(values[place]) / length) : 0 }
        }
      }
    }
  }
}
