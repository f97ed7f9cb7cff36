import Foundation

/// Python with NumPy as an oracle, where it is installed.
public enum NumPy {
  public static let isInstalled: Bool = (try? run("import numpy, json, sys; print(json.dumps({}))", input: [:])) != nil

  /// Runs `script` with `input` as JSON on its standard input; its standard output must be a JSON object.
  public static func run(_ script: String, input: [String: [Double]]) throws -> [String: Any] {
    let result = try Command.run(["python3", "-c", script], input: JSONSerialization.data(withJSONObject: input))
    guard result.status == 0, let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any] else {
      throw CocoaError(.fileReadCorruptFile)
    }
    return object
  }
}
