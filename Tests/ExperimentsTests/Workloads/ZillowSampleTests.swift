import ExperimentKit
import Foundation
import TestSupport
import Testing

@testable import experiments

/// Samples of small tables in the form of Kaggle's.
@Suite struct ZillowSampleTests {
  private let folder = TemporaryDirectory("zillow")
  private var real: URL { folder.url.appendingPathComponent("real") }

  /// Twenty properties, each sold once.
  init() throws {
    try FileManager.default.createDirectory(at: real, withIntermediateDirectories: true)
    for (name, header) in zip(ZillowFiles.names, ["parcelid,rooms", "parcelid,logerror", "ParcelId,201610"]) {
      let rows = (0..<20).map { "\(1_000 + $0),0.5\n" }.joined()
      try Data("\(header)\n\(rows)".utf8).write(to: real.appendingPathComponent(name))
    }
  }

  private func sample() throws -> ZillowSample {
    try ZillowSample(of: real, properties: 5, cacheDirectory: folder.url.appendingPathComponent("cache"))
  }

  @Test("A sample is made anew where a file of it is gone or was cut, or where its record has no sizes")
  func madeAnew() throws {
    let first = try sample()
    #expect(first.taken == ZillowSample.Size(properties: 5, sales: 5) && first.directory != real)
    let file = first.directory.appendingPathComponent(ZillowFiles.names[0])
    let whole = try Data(contentsOf: file)
    for damage in ["gone", "cut", "without sizes"] {
      switch damage {
      case "gone": try FileManager.default.removeItem(at: file)
      case "cut": try whole.prefix(whole.count / 2).write(to: file)
      default:
        try Data(#"{"properties":5,"sales":5}"#.utf8).write(to: first.directory.appendingPathComponent("sample.json"))
        try whole.prefix(20).write(to: file)
      }
      let again = try sample()
      #expect(again.taken == first.taken && again.directory == first.directory)
      #expect(try Data(contentsOf: file) == whole, "\(damage)")
    }
  }

  @Test("Where a file of a sample has gone there is one clear error, and no generated tables")
  func gone() throws {
    let found = try sample()
    let settings = try Settings(option: folder.path, environment: [:])
    #expect(try PipelineWorkload.locate(.smoke, 1, settings, found).directory == found.directory)
    try FileManager.default.removeItem(at: found.directory.appendingPathComponent(ZillowFiles.names[2]))
    let error = #expect(throws: TableError.self) { try PipelineWorkload.locate(.smoke, 1, settings, found) }
    #expect(error?.description.contains("sample_submission.csv any more. Bring back") == true)
  }
}
