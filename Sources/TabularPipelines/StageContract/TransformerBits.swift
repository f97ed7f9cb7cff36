/// What a transformer promises of the bits that it computes: equal for equal inputs and parameters, for one revision of its code and one kind of the
/// library that computes it.
///
/// A store refers to what it has instead of running a stage that makes such a promise (`Lineage`). **Raise the revision with every change that may change
/// a bit of an output or of a state**, also where the code that changed is not the transformer's own but what it uses. A revision that is not raised
/// gives old values under new code.
struct TransformerBits: Sendable, Equatable {
  /// A library whose version and build, and the processor that it runs on, decide the last bits.
  enum Library: String, Sendable, CaseIterable {
    case xgBoost
    case openBLAS
  }

  let revision: Int
  /// `nil` for plain Swift, whose bits are the same on every machine of one architecture.
  let library: Library?

  static func revision(_ revision: Int, computedBy library: Library? = nil) -> TransformerBits {
    TransformerBits(revision: revision, library: library)
  }
}
