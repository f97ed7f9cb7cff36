import MistiqueStorage

extension IntermediateManifest {
  /// Whether what is stored is, bit for bit, all that a model emitted of `intermediate`: neither pooled nor quantized, all columns and all rows.
  ///
  /// Stricter than what a model may start from in its own name: pooling windows of one value changes no number, but the sign of a zero.
  func holdsExactly(_ intermediate: CataloguedIntermediate) -> Bool {
    guard isExact, schema.columnCount == intermediate.columns, rows == intermediate.rows else { return false }
    return scheme.values.isExact && (!schema.isMaps || scheme.pooling == nil)
  }
}
