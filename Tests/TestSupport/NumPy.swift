import Foundation

/// Python with NumPy as an oracle, where it is installed.
public enum NumPy {
  public static let isInstalled: Bool = (try? run("import numpy, json, sys; print(json.dumps({}))", input: [:])) != nil

  /// Runs `script` with `input` as JSON on its standard input; its standard output must be a JSON object.
  public static func run(_ script: String, input: [String: [Double]]) throws -> [String: Any] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script]
    let (standardInput, standardOutput) = (Pipe(), Pipe())
    process.standardInput = standardInput
    process.standardOutput = standardOutput
    process.standardError = FileHandle.nullDevice
    try process.run()
    try standardInput.fileHandleForWriting.write(contentsOf: JSONSerialization.data(withJSONObject: input))
    try standardInput.fileHandleForWriting.close()
    let output = standardOutput.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0, let object = try JSONSerialization.jsonObject(with: output) as? [String: Any] else {
      throw CocoaError(.fileReadCorruptFile)
    }
    return object
  }
}
