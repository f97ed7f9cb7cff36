import Foundation
import TestSupport
import Testing

/// A folder with the documentation's pipeline and a small file in the schema of its data set, and the program as a user runs it.
struct ToolFixture {
  let folder = TemporaryDirectory("tool")

  /// It is built beside the tests.
  static let programs = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
  static let documentation = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
    .appendingPathComponent("Sources/TabularPipelines/TabularPipelines.docc")

  init(hours: Int = 500) throws {
    try FileManager.default.createDirectory(at: folder.url.appendingPathComponent("data"), withIntermediateDirectories: true)
    try write("data/hour.csv", BikeSharingHours.csv(hours: hours))
    let pipeline = Self.documentation.appendingPathComponent("Resources/bike-sharing.yaml")
    try FileManager.default.copyItem(at: pipeline, to: folder.url.appendingPathComponent("bike-sharing.yaml"))
  }

  func write(_ path: String, _ text: String) throws { try Data(text.utf8).write(to: folder.url.appendingPathComponent(path)) }

  func read(_ path: String) throws -> String { try String(contentsOf: folder.url.appendingPathComponent(path), encoding: .utf8) }

  func start(_ arguments: [String]) throws -> Command { try Command(["\(Self.programs)/mistique"] + arguments, in: folder.url) }

  @discardableResult
  func run(_ arguments: String...) throws -> Command.Result { try start(arguments).finish() }

  /// Runs it and expects that it succeeds; returns what it prints.
  @discardableResult
  func output(_ arguments: String..., at location: SourceLocation = #_sourceLocation) throws -> String {
    try output(arguments, at: location)
  }

  @discardableResult
  func output(_ arguments: [String], at location: SourceLocation = #_sourceLocation) throws -> String {
    let result = try start(arguments).finish()
    #expect(result.status == 0, "\(arguments): \(result.errors)", sourceLocation: location)
    return result.output
  }

  /// Runs it and expects that it fails with `status` and one error that has all of `parts`.
  func expectError(_ arguments: [String], status: Int32 = 1, _ parts: String..., at location: SourceLocation = #_sourceLocation) throws {
    let result = try start(arguments).finish()
    #expect(result.status == status, "\(arguments): \(result.output)\(result.errors)", sourceLocation: location)
    for part in parts { #expect(result.errors.contains(part), "\(arguments): \(result.errors)", sourceLocation: location) }
  }
}
