import ExperimentKit
import Foundation
import Groundwork

/// What ranges of images were found to take, one file for each range and policy, so that counting 50,000 images may take several days and builds.
///
/// A piece says what it was counted of. One that was counted of anything else, or by encoders that do otherwise, is refused.
struct CountedPieces {
  /// All that the numbers of a piece follow from.
  struct Origin: Codable, Equatable {
    /// Raised whenever pieces would hold something else though everything below is the same.
    var format = 1
    let scale: ExperimentKit.Scale
    let seed: UInt64
    let network: String
    let policy: String
    /// The policy in the store's words.
    let scheme: String
    /// The first image, and the one after the last.
    let images: [Int]
    /// Their pixels and labels, and the weights of all checkpoints with the kernels that run them.
    let pixels: String
    let weights: String
    /// What the policy was just found to make of a few images.
    let sample: String
  }

  private struct Piece: Codable {
    let origin: Origin
    /// By checkpoint.
    let counts: [StoredCounts]
  }

  let folder: URL

  /// The counts of a piece, by checkpoint; nil when it has not been counted.
  ///
  /// - Throws: `CountedPieceError` for a file that cannot be read, and for one of another origin.
  func counts(_ origin: Origin) throws -> [StoredCounts]? {
    let file = file(origin)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let piece: Piece
    do {
      piece = try JSONDecoder().decode(Piece.self, from: Data(contentsOf: file))
    } catch {
      throw CountedPieceError(file: file, problem: "it cannot be read: \(error)", remedy: "Remove it: its images are then counted again.")
    }
    guard piece.origin == origin else {
      throw CountedPieceError(
        file: file, problem: "it was counted of something else: \(piece.origin.differences(from: origin).joined(separator: "; "))",
        remedy: "To go on, give the data, seed and build that it was counted with; to begin anew, rm -r '\(folder.path)'.")
    }
    return piece.counts
  }

  /// Keeps a piece; on return it is on the disk, whole.
  func keep(_ counts: [StoredCounts], _ origin: Origin) throws {
    let file = file(origin)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let bytes = [UInt8](try encoder.encode(Piece(origin: origin, counts: counts)))
    do {
      let output = try OutputFile(file)
      try bytes.withUnsafeBytes { bytes in try output.write(bytes) }
      try output.commit()
    } catch let error as SystemFailure {
      throw CountedPieceError(
        file: file, problem: "it cannot be written: \(error)", remedy: "Free the disk or the folder, and start again.")
    }
  }

  /// Removes the pieces of a policy, once their sums are kept elsewhere.
  func remove(network: String, policy: String) throws {
    let folder = place(network, policy)
    if FileManager.default.fileExists(atPath: folder.path) { try FileManager.default.removeItem(at: folder) }
  }

  private func file(_ origin: Origin) -> URL {
    place(origin.network, origin.policy).appendingPathComponent("images-\(origin.images[0]).json")
  }

  private func place(_ network: String, _ policy: String) -> URL {
    func plain(_ name: String) -> String { String(name.map { $0.isLetter || $0.isNumber || ".+".contains($0) ? $0 : "-" }) }
    return folder.appendingPathComponent(plain(network)).appendingPathComponent(plain(policy))
  }
}

extension CountedPieces.Origin {
  /// What is not the same in `other`, with both values.
  fileprivate func differences(from other: Self) -> [String] {
    func words(_ origin: Self) -> [(String, String)] {
      [
        ("format", "\(origin.format)"), ("scale", "\(origin.scale)"), ("seed", "\(origin.seed)"), ("network", origin.network),
        ("policy", origin.policy), ("scheme", origin.scheme), ("images", "\(origin.images)"), ("pixels", origin.pixels),
        ("weights or kernels", origin.weights),
        ("what 64 images take", origin.sample),
      ]
    }
    return zip(words(self), words(other)).filter { $0.1 != $1.1 }.map { "\($0.0) \($0.1), now \($1.1)" }
  }
}

/// A piece that cannot be used or kept.
struct CountedPieceError: Error, CustomStringConvertible {
  let file: URL
  let problem: String
  let remedy: String

  var description: String { "\(file.path): \(problem). \(remedy)" }
}
