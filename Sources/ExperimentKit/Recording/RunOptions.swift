import Foundation

/// How an experiment is run.
package struct RunOptions: Sendable, Equatable {
  package var scale: Scale = .standard
  package var seed: UInt64 = 2018
  /// How often a timed measurement is repeated.
  package var repetitions = 3
  /// Runs even what is stated not to fit.
  package var force = false
  /// The caller's own settings. A run resumes only with the same ones.
  package var configuration: [String: String] = [:]
  /// Versions of the libraries used, by name, e.g. `oneDNN`. Those of swift and gnuplot are found unless given.
  package var versions: [String: String] = [:]
  /// A folder of the checkout whose commit the provenance names, if the executable lies in it.
  package var sourceDirectory = URL(fileURLWithPath: ".", isDirectory: true)
  /// The source the executable was built from, where that is known already: tasks of a cluster start hours after they were submitted.
  package var source: SourceState?

  /// What the data must be, where a run repeats another one.
  package var data: DataRecord?

  package init(scale: Scale = .standard) {
    self.scale = scale
  }

  /// Looks for the tools that every run needs, before the first one begins. Throws: `ProvenanceError` naming the one that is missing.
  package func checkTools() throws { _ = try Versions.complete(versions) }

  /// What must be the same for an interrupted run to go on: the settings, the machine, whose times are compared, and the executable itself. The source counts only where nothing
  /// tells executables apart: a note beside the code, or a commit, changes no measurement.
  func fingerprint(of experiment: String, parameters: [String], source: SourceState, machine: Machine) -> String {
    var parts = [experiment, scale.rawValue, "\(seed)", "\(repetitions)"]
    parts += parameters
    parts += configuration.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    parts += versions.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    parts += [machine.cpuModel, "\(machine.cores)"]
    parts += Self.executableIdentity.map { [$0] } ?? [source.commit ?? "no commit", "\(source.isDirty ?? true)"]
    return Fingerprint.hex(Array(parts.joined(separator: "\u{1F}").utf8))
  }

  /// Size and time of the running executable, and of its resources beside it: a changed but uncommitted source shows there. Nil where /proc is not mounted.
  static var executableIdentity: String? {
    // The size and time are those of the file that runs, even where another one has been put in its place since.
    guard let own = identity(of: "/proc/self/exe"), let name = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    else {
      return nil
    }
    let executable = URL(fileURLWithPath: name.hasSuffix(" (deleted)") ? String(name.dropLast(" (deleted)".count)) : name)
    let folder = executable.deletingLastPathComponent()
    // SwiftPM copies what changes here without linking the executable again.
    let bundles = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
      .filter { $0.hasSuffix("_\(executable.lastPathComponent).resources") }.sorted()
    let files = bundles.flatMap { bundle in
      // Python keeps compiled scripts beside its own; they change by themselves.
      (FileManager.default.enumerator(atPath: folder.path + "/" + bundle)?.allObjects as? [String] ?? []).sorted()
        .filter { !$0.contains("__pycache__") }
        .compactMap { file in identity(of: folder.path + "/" + bundle + "/" + file).map { "\(file) \($0)" } }
    }
    return ([own] + files).joined(separator: "\u{1F}")
  }

  /// The size and time of a regular file; nil where there is none.
  private static func identity(of path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return "\(status.st_size)\u{1F}\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
  }
}
