import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

extension TemporaryDirectory {
  func file(_ name: String, _ text: String) throws -> URL {
    let file = url.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return file
  }
}

func golden(_ name: String) throws -> URL {
  try #require(Bundle.module.url(forResource: name, withExtension: nil))
}

extension AvailableIntermediates {
  /// These frames, and no network's layers.
  static func frames(_ frames: [String: DataFrame]) -> AvailableIntermediates {
    AvailableIntermediates(
      names: Set(frames.keys), maps: { _, _, _ in preconditionFailure("a pipeline has no maps") }, frame: { frames[$0]! })
  }
}

extension DataFrame {
  func isIdentical(to other: DataFrame) -> Bool {
    rowIDs == other.rowIDs && names == other.names && zip(columns, other.columns).allSatisfy { $0.isIdentical(to: $1) }
  }
}

extension Column {
  /// Values as optional texts; numbers as the hexadecimal bits of a float64, as the golden file has them.
  var goldenTexts: [String?] {
    (0..<count).map { row in
      guard isPresent(row) else { return nil }
      switch values {
      case .float64(let v):
        let digits = String(v[row].bitPattern, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
      case .float32(let v): return "\(v[row])"
      case .int64(let v): return "\(v[row])"
      case .boolean(let v): return "\(v[row])"
      case .date(let v): return "\(v[row])"
      case .timestamp(let v): return "\(v[row])"
      case .text(let v): return v[row]
      }
    }
  }
}

/// A list of the golden file, in the form of `goldenTexts`.
func goldenTexts(_ list: Any?) throws -> [String?] {
  try #require(list as? [Any]).map { value in
    if value is NSNull { return nil }
    if let text = value as? String { return text }
    let number = try #require(value as? NSNumber)
    return String(cString: number.objCType) == "c" ? (number.boolValue ? "true" : "false") : "\(number.int64Value)"
  }
}

/// Small generated Zillow files, made once for all tests.
enum SmallZillow {
  static let generator = ZillowGenerator(seed: 11, properties: 6_000, transactions: 2_000)
  static let directory: Result<URL, any Error> = Result {
    let cache = FileManager.default.temporaryDirectory.appendingPathComponent("tabular-tests-\(ProcessInfo.processInfo.processIdentifier)")
    return try ZillowData.locate(dataDirectory: nil, cacheDirectory: cache, otherwise: generator).directory
  }
}

func template(_ name: String) throws -> PipelineSpecification {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  return try PipelineSpecification(contentsOf: root.appendingPathComponent("Experiments/Pipelines/\(name).yaml"))
}
