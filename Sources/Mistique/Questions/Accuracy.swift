/// How near an answer must be to what the model emitted.
public enum Accuracy: String, Sendable, CaseIterable {
  /// As the storage policy keeps it: what is stored quantized or pooled is answered so. A re-run starts from exact ancestors only.
  case stored
  /// Bit for bit what the model emits, pooled where its policy pools: a stored quantized intermediate is passed over and re-run.
  case exact
  /// As `stored`, and a re-run may start from a quantized ancestor, whose errors the stages after it carry on. A pooled one is never a start: it no
  /// longer has the values that the next stage reads.
  case approximate
}
