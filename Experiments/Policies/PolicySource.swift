import ExperimentKit
import Foundation
import Mistique

/// What is logged under every policy: a user's arrays, pipeline or network.
protocol PolicySource {
  /// The models, in the order in which they are logged. Questions are asked of the first one.
  var models: [LoggedModel] { get }
  /// Where the values come from.
  var data: DataSource { get }
  /// What logging is compared with, in words that follow "logging over".
  var baseline: String { get }
  /// Does what logging is compared with, and returns what it took.
  ///
  /// - Parameter folder: for what it writes, which it removes again.
  func baselineSeconds(in folder: URL) throws -> Double
  /// Bytes of all values before anything is stored: those of the arrays' elements, or of what a model emits when that is `logged`.
  func rawBytes(logged: Int) -> Int
  /// Rows of all intermediates of all models together; nil where that is not known before they have run.
  var emittedRows: Int? { get }
  /// What a user should know before the run: what was taken how.
  var remarks: [String] { get }
}

/// A model and what makes it, anew for each time it is logged.
struct LoggedModel {
  let identity: ModelIdentity
  let make: () throws -> any ExecutableModel
}

extension PolicySource {
  /// Running the models without storing anything.
  func baselineSeconds(in folder: URL) throws -> Double {
    let made = try models.map { try $0.make() }
    return try Stopwatch.time {
      for model in made {
        let request = ExecutionRequest(intermediates: Set(model.stages.flatMap(\.outputs))) { Interruption.request != nil }
        _ = try model.execute(request) { _, _ in }
      }
    }.seconds
  }

  func rawBytes(logged: Int) -> Int { logged }
  var emittedRows: Int? { nil }
  var remarks: [String] { [] }
}

/// Finds out what a user's path is.
enum PolicySources {
  /// - Throws: `OwnModelError`, and what the readers of arrays, pipelines, networks, weights and images throw.
  static func open(_ own: OwnModel, _ scale: ExperimentKit.Scale, _ settings: Settings) throws -> any PolicySource {
    guard own.isYAML else {
      try refuse(own, "is of arrays")
      return try ArrayPolicySource(own.url)
    }
    let text: String
    do { text = try String(contentsOf: own.url, encoding: .utf8) } catch {
      throw OwnModelError(own.url.path, "it cannot be read: \(error.localizedDescription)", remedy: "Check the path and its permissions")
    }
    let keys = Set(text.split(whereSeparator: \.isNewline).compactMap { $0.firstMatch(of: /^(\w+)\s*:/).map { String($0.1) } })
    switch (keys.contains("layers"), keys.contains("stages")) {
    case (true, false): return try NetworkPolicySource(own, scale, settings)
    case (false, true):
      try refuse(own, "is a pipeline")
      return try PipelinePolicySource(own, settings)
    default:
      throw OwnModelError(
        own.url.path, "it has neither layers, as a network's YAML, nor stages, as a pipeline's",
        remedy: "See Networks.md and Pipelines.md for their forms")
    }
  }

  private static func refuse(_ own: OwnModel, _ kind: String) throws {
    guard let option = own.weights != nil ? "--weights" : own.images != nil ? "--images" : nil else { return }
    throw OwnModelError(own.url.path, "it \(kind), and \(option) goes with a network", remedy: "Leave \(option) out")
  }
}

/// A user's model that cannot be measured.
struct OwnModelError: Error, Equatable, CustomStringConvertible {
  let path: String
  let what: String
  let remedy: String

  init(_ path: String, _ what: String, remedy: String) { (self.path, self.what, self.remedy) = (path, what, remedy) }

  var description: String { "\(path): \(what). \(remedy)." }
}
