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

    /// Why a scheme is left out where no intermediate has it.
    var reason: String? {
      switch self {
      case .nothing: nil
      case .floats: "No intermediate has floating-point values."
      case .maps: "No intermediate has maps to pool: those are arrays of rows x channels x height x width, and layers of networks."
      }
    }
  }

  let name: String
  let policy: StoragePolicy
  let needs: Needs

  /// Whether values may come back changed.
  var isLossy: Bool { policy.quantization != .none }

  private init(_ name: String, _ policy: StoragePolicy, _ needs: Needs = .nothing) {
    // Every policy runs every stage, or the times of logging would not compare.
    (self.name, self.policy, self.needs) = (name, policy.asInPaper, needs)
  }

  private init(_ scheme: NamedScheme, _ needs: Needs) { self.init(scheme.name, scheme.policy, needs) }

  /// The paper's two policies, and its schemes under DEDUP. What adaptive policies store depends on the questions, and is not compared.
  static let all = [
    PolicyCandidate("STORE_ALL", .storeAll), PolicyCandidate("DEDUP", .dedup), PolicyCandidate(.lp, .floats),
    PolicyCandidate(.eightBit, .floats), PolicyCandidate(.threeBit, .floats), PolicyCandidate(.threshold, .floats),
    PolicyCandidate(.bound, .floats),
    PolicyCandidate(.pool2, .maps), PolicyCandidate(.poolWhole, .maps),
  ]

  static func named(_ name: String) -> PolicyCandidate? { all.first { $0.name == name } }

  /// Whether it does anything for one of `intermediates`.
  func applies(to intermediates: [QuestionedIntermediate]) -> Bool {
    switch needs {
    case .nothing: true
    case .floats: intermediates.contains(where: \.hasFloats)
    case .maps: intermediates.contains(where: \.hasMaps)
    }
  }
}
