import Foundation

/// How much of a random tester runs, from the environment: a small, fixed part of it unless somebody asks for more.
///
///     MISTIQUE_TORTURE=100              a hundred times as many cases of every tester
///     MISTIQUE_FUZZ_CSV=10000000        so many of one, by the tester's own variable
///     MISTIQUE_TORTURE_SEED=7           another stream of cases
///     MISTIQUE_TORTURE_FIRST=123456     begin with this case, which a failure names
///
/// Every case has a seed of its own, made of the seed and its number, so one case can be run alone.
public struct TortureSettings: Sendable {
  /// The tester's variable, such as `MISTIQUE_FUZZ_CSV`.
  public let variable: String
  /// Cases to run.
  public let count: UInt64
  public let seed: UInt64
  /// The number of the first case.
  public let first: UInt64

  /// - Parameter small: cases of a run in which nobody asks for more.
  public init(_ variable: String, small: UInt64) {
    self.variable = variable
    count = Self.number(variable) ?? small * (Self.number("MISTIQUE_TORTURE") ?? 1)
    seed = Self.number("MISTIQUE_TORTURE_SEED") ?? 1
    first = Self.number("MISTIQUE_TORTURE_FIRST") ?? 0
  }

  public var numbers: Range<UInt64> { first..<first + count }

  /// The generator of case `number`.
  public func random(_ number: UInt64) -> SeededRandom { SeededRandom(seed: seed &* 0x1_0000_0000 &+ number) }

  /// What to set to run case `number` alone.
  public func alone(_ number: UInt64) -> String { "MISTIQUE_TORTURE_SEED=\(seed) MISTIQUE_TORTURE_FIRST=\(number) \(variable)=1" }

  private static func number(_ name: String) -> UInt64? { ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } }
}
