import Foundation
import Synchronization

/// The data an experiment ran on. Every run states it; every figure shows it.
package enum DataSource: Sendable, Equatable {
  /// The real data set, e.g. `CIFAR-10, 20,000 training images`, and the files it was read from.
  case real(_ description: String, files: [URL])
  /// Data made by a seeded generator, and the files it wrote or read, if any.
  case generated(_ description: String, files: [URL])
}

/// The data of a run as `provenance.json` keeps it.
package struct DataRecord: Sendable, Equatable, Codable {
  package enum Kind: String, Sendable, Codable {
    case real, generated
  }

  package let kind: Kind
  package let description: String
  package let files: [InputFile]

  init(kind: Kind, description: String, files: [InputFile]) {
    self.kind = kind
    self.description = description
    self.files = files
  }

  init(_ source: DataSource) throws {
    switch source {
    case .real(let description, let files):
      kind = .real
      self.description = description
      self.files = try files.map(InputFile.init(hashing:))
    case .generated(let description, let files):
      kind = .generated
      self.description = description
      self.files = try files.map(InputFile.init(hashing:))
    }
  }

  /// The words a figure carries on its face.
  package var label: String {
    switch kind {
    case .real: "real data: \(description)"
    case .generated: description.isEmpty ? "generated data" : "generated data: \(description)"
    }
  }
}

extension DataRecord: CustomDebugStringConvertible {
  /// The label and the files' hashes.
  package var debugDescription: String { label + files.map { ", \($0.name) \($0.sha256.prefix(12))" }.joined() }
}

/// An input file by name, size and content. The folder it was in is the reader's own business and is not recorded.
package struct InputFile: Sendable, Equatable, Codable {
  package let name: String
  package let bytes: Int64
  package let sha256: String

  private struct FileState: Hashable {
    let path: String
    let bytes: Int64
    let modifiedSeconds: Int
    let modifiedNanoseconds: Int
    // A copy that keeps size and time of writing changes this one.
    let changedSeconds: Int
    let changedNanoseconds: Int
  }

  private static let known = Mutex<[FileState: String]>([:])

  /// Hashes the file with `sha256sum`; the same path, size and times are hashed once per process.
  ///
  /// Throws: `FileError` or `ToolError`.
  package init(hashing file: URL) throws {
    var status = stat()
    guard stat(file.path, &status) == 0 else { throw FileError.last("read", file) }
    let state = FileState(
      path: file.standardizedFileURL.path, bytes: Int64(status.st_size), modifiedSeconds: status.st_mtim.tv_sec,
      modifiedNanoseconds: status.st_mtim.tv_nsec, changedSeconds: status.st_ctim.tv_sec, changedNanoseconds: status.st_ctim.tv_nsec)
    name = file.lastPathComponent
    bytes = state.bytes
    if let hash = Self.known.withLock({ $0[state] }) {
      sha256 = hash
      return
    }
    let hash = try Self.hash(file)
    Self.known.withLock { $0[state] = hash }
    sha256 = hash
  }

  private static func hash(_ file: URL) throws -> String {
    let result = try ToolProcess.run("sha256sum", [], input: file)
    let digest = result.output.prefix { $0 != " " }
    guard result.status == 0, digest.count == 64 else {
      throw ToolError(
        tool: "sha256sum", problem: "no digest of \(file.path): \(result.messages)", remedy: "Check that the file is readable.")
    }
    return String(digest)
  }
}
