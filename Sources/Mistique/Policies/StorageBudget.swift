import Foundation
import MistiqueStorage

/// The bytes that a store may take on disk, instead of a gamma: what saves the most seconds per byte is kept, and when the budget is full, what saves
/// the least is given up for what saves more.
public struct StorageBudget: Sendable, Hashable {
  /// Bytes of all partition files of the store; 0 or more.
  public let bytes: Int

  /// - Throws: `StoreError` with code `invalid` for a negative number.
  public init(bytes: Int) throws {
    guard bytes >= 0 else {
      throw StoreError(.invalid, "a budget of \(bytes) bytes", at: "storage policy", remedy: "Use 0 bytes or more.")
    }
    self.bytes = bytes
  }

  /// Reads `5GB`, `200 MB`, `1.5 TB`, `64KB` or a number of bytes. Units are decimal: 1 GB is 10^9 bytes.
  ///
  /// - Throws: `StoreError` with code `invalid` for anything else.
  public init(_ text: String) throws {
    let compact = text.filter { !$0.isWhitespace }.lowercased()
    let unit = [("tb", 1e12), ("gb", 1e9), ("mb", 1e6), ("kb", 1e3), ("b", 1.0)].first { compact.hasSuffix($0.0) }
    guard let number = Double(compact.dropLast(unit?.0.count ?? 0)), number >= 0,
      let bytes = Int(exactly: (number * (unit?.1 ?? 1)).rounded())
    else {
      throw StoreError(
        .invalid, "\"\(text)\" is no amount of bytes", at: "storage policy", remedy: "Write a number and B, KB, MB, GB or TB, as in 5GB.")
    }
    try self.init(bytes: bytes)
  }
}
