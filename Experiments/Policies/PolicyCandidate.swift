import Mistique

/// A policy or scheme that is measured, and which intermediates it says anything about.
struct PolicyCandidate: Sendable {
  /// What a scheme changes; an intermediate without it is stored in full.
  enum Needs: Sendable {
    case nothing
    /// Values of float32 or float64.
    case floats
    /// Maps of more than one value.
    case maps
    /// Rows of floats without names: layers of networks, and arrays.
    case layers

    /// Why a scheme is left out where no intermediate has it.
    var reason: String? {
      switch self {
      case .nothing: nil
      case .floats: "No intermediate has floating-point values."
      case .layers: "No intermediate is a layer of a network or an array: named columns are stored as they are."
      case .maps: "No intermediate has maps to pool: those are arrays of rows x channels x height x width, and layers of networks."
      }
    }
  }

  let name: String
  let policy: StoragePolicy
  let needs: Needs

  /// Whether values may come back changed.
  var isLossy: Bool { !policy.isLossless }
  /// Whether it is exact and has a base beside: an exact read takes about twice as long.
  var hasRungs: Bool { policy.hasRungs }

  private init(_ name: String, _ policy: StoragePolicy, _ needs: Needs = .nothing) {
    // Every policy runs every stage, or the times of logging would not compare.
    (self.name, self.policy, self.needs) = (name, policy.asInPaper, needs)
  }

  private init(_ scheme: NamedScheme, _ needs: Needs) { self.init(scheme.name, scheme.policy, needs) }

  /// The paper's two policies, its schemes under DEDUP, and two that are beyond it. What adaptive policies store depends on the questions, and is not compared.
  static let all = [
    PolicyCandidate("STORE_ALL", .storeAll), PolicyCandidate("DEDUP", .dedup), PolicyCandidate(.lp, .floats),
    PolicyCandidate(.eightBit, .floats), PolicyCandidate(.threeBit, .floats), PolicyCandidate(.threshold, .floats),
    PolicyCandidate(.bound, .floats), PolicyCandidate(.ladder, .layers),
    PolicyCandidate(.pool2, .maps), PolicyCandidate(.poolWhole, .maps),
  ]

  static func named(_ name: String) -> PolicyCandidate? { all.first { $0.name == name } }

  /// Whether it does anything for one of `intermediates`.
  func applies(to intermediates: [QuestionedIntermediate]) -> Bool {
    switch needs {
    case .nothing: true
    case .floats: intermediates.contains(where: \.hasFloats)
    case .maps: intermediates.contains(where: \.hasMaps)
    case .layers: intermediates.contains { $0.schema.isMaps && $0.hasFloats }
    }
  }
}
