import Foundation

/// Runs a program found on the PATH and collects what it prints.
enum Tool {
  struct Result {
    let name: String
    let status: Int32
    let output: String
    let errors: String

    @discardableResult
    func requireSuccess() throws -> Result {
      guard status == 0 else { throw DownloadError(.tool(name: name, status: status, message: errors)) }
      return self
    }
  }

  /// - Parameter passesErrorsOn: lets the program draw on our standard error instead of collecting it.
  static func run(_ name: String, _ arguments: [String], passesErrorsOn: Bool = false) throws -> Result {
    let process = Process()
    // env finds the program; it ends with 127 if there is none.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments
    var environment = ProcessInfo.processInfo.environment
    environment["LC_ALL"] = "C"
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    // A file and not a second pipe: nobody has to read it while the program runs.
    let errorFile = FileManager.default.temporaryDirectory.appendingPathComponent("tool-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: errorFile) }
    if !passesErrorsOn {
      guard FileManager.default.createFile(atPath: errorFile.path, contents: nil), let handle = FileHandle(forWritingAtPath: errorFile.path)
      else { throw DownloadError(.tool(name: name, status: -1, message: "\(errorFile.path) cannot be written")) }
      process.standardError = handle
    }
    do {
      try process.run()
    } catch {
      throw DownloadError(.tool(name: name, status: -1, message: "\(error)"))
    }
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    if process.terminationStatus == 127 { throw DownloadError(.toolMissing(name: name)) }
    return Result(
      name: name, status: process.terminationStatus, output: String(decoding: printed, as: UTF8.self),
      errors: passesErrorsOn ? "" : String(decoding: (try? Data(contentsOf: errorFile)) ?? Data(), as: UTF8.self))
  }
}
