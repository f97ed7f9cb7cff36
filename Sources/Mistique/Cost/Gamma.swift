import MistiqueStorage

/// What storing an intermediate is worth (paper section 5.2): seconds that it saves for each GB that it takes.
///
///     gamma = (t_rerun - t_read) x n_query / S
///
/// t_rerun and t_read are of the whole intermediate, as the cost model predicts them; n_query counts the questions so far, the present one
/// included; S is its amortised size on disk in GB: a column that n intermediates of the model share counts 1/n, and raw bytes count as what the
/// store's partitions have shrunk them to so far.
struct Gamma: Sendable, Equatable {
  let rerunSeconds: Double
  let readSeconds: Double
  let queries: Int
  let storedBytes: Double

  /// In seconds per GB. Infinite for what takes no bytes and is slower to re-run than to read.
  var value: Double {
    let saved = (rerunSeconds - readSeconds) * Double(queries)
    guard storedBytes > 0 else { return saved > 0 ? .infinity : 0 }
    return saved / (storedBytes / 1e9)
  }

  /// What a store shrinks raw bytes to before it holds enough to tell.
  static let assumedCompression = 0.25
  /// Raw bytes from which on a store can tell.
  static let tellingBytes = 1 << 20
}
