import MistiqueStorage

/// Which intermediates of a model are stored, and how. Asked once per intermediate, never per chunk.
public struct StoragePolicy: Sendable, Hashable, CustomStringConvertible {
  /// Which intermediates are stored, and when.
  public enum Materialization: Sendable, Hashable {
    /// Nothing but the trained transformers is stored: every query is answered by re-running.
    case none
    /// Everything is stored, duplicate chunks included: the paper's STORE_ALL.
    case storeAll
    /// Everything is stored, equal chunks once: the paper's DEDUP.
    case dedup
    /// What queries have shown to be worth its bytes is stored, as under DEDUP; the rest is re-run (paper section 5.2). Until an intermediate has
    /// been queried, storing it saves nothing, so logging stores the trained transformers only.
    case adaptive(GammaThreshold)
    /// As adaptive, with a limit to what the store takes on disk instead of a threshold.
    case budget(StorageBudget)
  }

  /// Where chunks that are similar, not equal, are looked for and placed side by side (paper section 3). Under DEDUP only.
  public enum Similarity: String, Sendable, Codable {
    /// Nowhere.
    case nowhere
    /// In the named columns of pipelines: the paper's choice, and the default.
    case columns
    /// In networks' intermediates too, where it was found to gain nothing.
    case everywhere
  }

  /// Which intermediates are stored, and when.
  public let materialization: Materialization
  /// How the bytes of frames are compressed.
  public let codec: Codec
  /// How values are pooled and quantized.
  public private(set) var quantization: QuantizationScheme
  /// Layers and arrays of at most so many columns are stored as the model emits them, whatever `quantization` says; 0 where all are quantized.
  public private(set) var exactColumns = 0
  /// Where similar chunks are placed side by side.
  public let similarity: Similarity
  /// Whether, under DEDUP, a column that follows from a stored one is kept as how it follows: unchanged, rows picked, gaps filled, or decimals that are
  /// nearly equal. False for the paper's DEDUP, to which a column is its chunks and nothing else.
  package private(set) var derivesColumns = true
  /// Whether, under DEDUP, stages are not run whose outputs some model of the store has stored under the same ``Lineage``: the new model refers to
  /// them. Policies that store nothing at once run every stage, and train none again whose state is stored; STORE_ALL does everything again. False runs
  /// and trains everything, as experiments must that measure what that takes. What is stored is the same either way, so that receipts do not keep it.
  public var reuses = true
  /// Runs everything all the same, and compares what would have been reused with what is stored, before anything is committed; a difference is an error.
  public var verifiesReuse = false
  /// Whether what made each intermediate is kept. False for the paper's experiments: models know nothing of each other then, when they are logged and
  /// when they are asked.
  package private(set) var keepsLineages = true
  /// Whether a store that only counts (``StoreOptions/keepsPartitions``) counts maps again from what they took when an earlier model had them under the same
  /// ``Lineage``, instead of having them computed and encoded again. What is counted is the same either way, under STORE_ALL and under DEDUP.
  package private(set) var recounts = false

  /// A policy; the shorter ``none``, ``storeAll``, ``dedup`` and ``adaptive(gamma:)`` have the defaults.
  public init(
    _ materialization: Materialization, codec: Codec = .automatic, quantization: QuantizationScheme = .none,
    similarity: Similarity = .columns
  ) {
    self.materialization = materialization
    self.codec = codec
    self.quantization = quantization
    self.similarity = similarity
  }

  /// Stores the trained transformers only.
  public static let none = StoragePolicy(.none)
  /// The paper's STORE_ALL.
  public static let storeAll = StoragePolicy(.storeAll)
  /// The paper's DEDUP.
  public static let dedup = StoragePolicy(.dedup)

  /// The paper's DEDUP with every network's intermediate in two rungs: a base within `bound`, and the residual that makes it exact. Each is read, and given
  /// back (``IntermediateStore/demote(_:of:to:)``), by itself.
  public static func ladder(_ bound: QuantizationScheme.ErrorBound) -> StoragePolicy { dedup.quantized(.ladder(bound)) }

  /// The paper's DEDUP as Algorithm 4 has it: every chunk is hashed, equal chunks are stored once, and similar ones are placed side by side.
  package static let algorithm4: StoragePolicy = {
    var policy = StoragePolicy(.dedup)
    policy.derivesColumns = false
    return policy
  }()

  /// Stores an intermediate once gamma = (t_rerun - t_read) x n_query / S is larger than `gamma`, in seconds per GB (paper section 5.2).
  ///
  /// - Throws: `StoreError` with code `invalid` for a gamma that is negative or not finite.
  public static func adaptive(gamma: Double) throws -> StoragePolicy {
    StoragePolicy(.adaptive(try GammaThreshold(secondsPerGB: gamma)))
  }

  /// Stores what questions show to save the most seconds per byte, as long as the store takes no more than `bytes` on disk.
  ///
  /// - Throws: `StoreError` with code `invalid` for a negative number.
  public static func budget(bytes: Int) throws -> StoragePolicy { StoragePolicy(.budget(try StorageBudget(bytes: bytes))) }

  /// The same policy with values pooled and quantized by `scheme`.
  ///
  ///     StoragePolicy.dedup.quantized(.bound(.keeping(cca: 0.002)), exactUpTo: 1_024)
  ///
  /// - Parameter columns: layers and arrays of at most so many columns are stored as the model emits them: dense layers and logits take little beside maps,
  ///   and nothing need be lost of them. Named columns of pipelines are quantized each by itself, however many there are.
  public func quantized(_ scheme: QuantizationScheme, exactUpTo columns: Int = 0) -> StoragePolicy {
    var policy = self
    policy.quantization = scheme
    // Where nothing is quantized there is nothing to except: such policies are equal.
    policy.exactColumns = scheme == .none ? 0 : max(0, columns)
    return policy
  }

  /// The same policy as the paper has it: every stage runs, and no question is answered from what another model has stored.
  package var asInPaper: StoragePolicy {
    var policy = withoutReuse
    policy.keepsLineages = false
    return policy
  }

  /// As ``asInPaper``, for a store that only counts: maps of a known lineage are counted again, not computed.
  package var recounting: StoragePolicy {
    var policy = asInPaper
    policy.recounts = true
    return policy
  }

  /// The same policy, running every stage: see ``reuses``.
  public var withoutReuse: StoragePolicy {
    var policy = self
    policy.reuses = false
    return policy
  }

  /// The name, scheme, codec and threshold, as `mistique models` prints them.
  public var description: String {
    guard materialization != .none else { return "none" }
    let scheme = quantization == .none ? "" : " + \(quantization)"
    let exact = exactColumns == 0 ? "" : ", exact up to \(exactColumns) columns"
    var threshold = ""
    switch materialization {
    case .adaptive(let gamma): threshold = ", gamma > \(gamma.secondsPerGB) s/GB"
    case .budget(let budget): threshold = ", \(budget.bytes) bytes"
    case .none, .storeAll, .dedup: break
    }
    let derivation = derivesColumns ? "" : ", without derived columns"
    return "\(materialization.name)\(scheme) (\(codec.name)\(threshold)\(exact)\(derivation))"
  }
}

extension StoragePolicy {
  /// The gamma in seconds per GB above which a query stores what it has re-run; `nil` for a policy that stores everything at once, or nothing ever.
  /// Under a budget, whatever saves time is worth its bytes as long as there is room.
  var gamma: Double? {
    switch materialization {
    case .adaptive(let threshold): threshold.secondsPerGB
    case .budget: 0
    case .none, .storeAll, .dedup: nil
    }
  }

  /// What the store may take on disk; `nil` without a limit.
  var budget: StorageBudget? { if case .budget(let budget) = materialization { budget } else { nil } }

  /// Whether everything is stored while the model is logged.
  package var storesWhenLogged: Bool { materialization == .storeAll || materialization == .dedup }

  /// Whether logging looks for intermediates that are stored already.
  var looksForStored: Bool { materialization == .dedup && (reuses || verifiesReuse) }

  /// Whether logging looks for trained parts that are stored already: every policy stores them.
  var looksForTrained: Bool { (reuses || verifiesReuse) && materialization != .storeAll }

  /// Whether what was stored under `other` is, byte for byte, what this policy would store of equal values.
  func storesAs(_ other: StoragePolicy) -> Bool {
    let deduplicates = other.materialization != .storeAll && other.materialization != .none
    return deduplicates && quantization == other.quantization && exactColumns == other.exactColumns
      && derivesColumns == other.derivesColumns && similarity == other.similarity
  }

  /// How an intermediate is pooled and quantized that has so many columns when the model emits it.
  ///
  /// - Parameter areMaps: whether it is a layer or an array. Some columns of a frame would be another number.
  func scheme(ofColumns columns: Int, areMaps: Bool) -> QuantizationScheme { areMaps && columns <= exactColumns ? .none : quantization }

  /// How an intermediate of `schema` is stored.
  func writerOptions(for schema: IntermediateSchema) -> StoreWriter.Options {
    let isSimilar = schema.isMaps ? similarity == .everywhere : similarity != .nowhere
    let deduplicates = materialization != .storeAll && materialization != .none
    var options = StoreWriter.Options(
      deduplicates: deduplicates, codec: codec, scheme: scheme(ofColumns: schema.columnCount, areMaps: schema.isMaps),
      similarity: deduplicates && isSimilar ? SimilarityOptions() : nil)
    options.derivesColumns = deduplicates && derivesColumns
    return options
  }
}

/// As receipts keep it: the name of the materialization, and its gamma or budget beside it.
extension StoragePolicy: Codable {
  private enum CodingKeys: String, CodingKey {
    case materialization, codec, quantization, exactColumns, similarity, derivesColumns, gamma, budget
  }

  /// - Throws: `DecodingError` for a materialization that is unknown, and for a gamma or a budget that is missing, superfluous, negative or not
  ///   finite.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let name = try container.decode(String.self, forKey: .materialization)
    let gamma = try container.decodeIfPresent(Double.self, forKey: .gamma)
    let budget = try container.decodeIfPresent(Int.self, forKey: .budget)
    guard let materialization = Materialization(name: name, gamma: gamma, budget: budget) else {
      throw DecodingError.dataCorruptedError(
        forKey: .materialization, in: container,
        debugDescription:
          "\(name) with a gamma of \(gamma.map { "\($0)" } ?? "none") and a budget of \(budget.map { "\($0)" } ?? "none") is no policy"
      )
    }
    let plain = StoragePolicy(
      materialization, codec: try container.decode(Codec.self, forKey: .codec),
      similarity: try container.decode(Similarity.self, forKey: .similarity))
    self = plain.quantized(
      try container.decode(QuantizationScheme.self, forKey: .quantization),
      exactUpTo: try container.decodeIfPresent(Int.self, forKey: .exactColumns) ?? 0)
    derivesColumns = try container.decodeIfPresent(Bool.self, forKey: .derivesColumns) ?? true
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(materialization.name, forKey: .materialization)
    try container.encode(codec, forKey: .codec)
    try container.encode(quantization, forKey: .quantization)
    try container.encode(similarity, forKey: .similarity)
    // Receipts of stores without these options do not have them.
    if exactColumns > 0 { try container.encode(exactColumns, forKey: .exactColumns) }
    if !derivesColumns { try container.encode(false, forKey: .derivesColumns) }
    switch materialization {
    case .adaptive(let threshold): try container.encode(threshold.secondsPerGB, forKey: .gamma)
    case .budget(let budget): try container.encode(budget.bytes, forKey: .budget)
    case .none, .storeAll, .dedup: break
    }
  }
}

extension StoragePolicy.Materialization {
  fileprivate var name: String {
    switch self {
    case .none: "none"
    case .storeAll: "STORE_ALL"
    case .dedup: "DEDUP"
    case .adaptive: "adaptive"
    case .budget: "budget"
    }
  }

  fileprivate init?(name: String, gamma: Double?, budget: Int?) {
    switch (name, gamma, budget) {
    case ("none", nil, nil): self = .none
    case ("STORE_ALL", nil, nil): self = .storeAll
    case ("DEDUP", nil, nil): self = .dedup
    case ("adaptive", let gamma?, nil):
      guard let threshold = try? GammaThreshold(secondsPerGB: gamma) else { return nil }
      self = .adaptive(threshold)
    case ("budget", nil, let bytes?):
      guard let budget = try? StorageBudget(bytes: bytes) else { return nil }
      self = .budget(budget)
    default: return nil
    }
  }
}
