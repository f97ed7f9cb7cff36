import Foundation

/// Arrays with a row for each of the same examples: what a model emitted, saved by any program that knows NumPy's formats or safetensors.
///
///     let arrays = try ArrayFolder(URL(fileURLWithPath: "activations"))   // layer1.npy, layer2.npy, ...
///
/// A folder with `.npy`, `.npz` and `.safetensors` files, or one such file. Other files and folders within are passed over. An array is called as its
/// file without `.npy`; one in an archive as its member, and a tensor by its name, after the file's name and `_` where the folder has more files.
package struct ArrayFolder: Sendable {
  /// The folder, or the one file.
  package let url: URL
  /// Under their names, in the order of these, in which `layer2` comes before `layer10`.
  package let arrays: [Named]

  /// An array and what it is called among the others.
  package struct Named: Sendable {
    package let name: String
    package let array: NumericArray
  }

  /// Rows of every array.
  package var rows: Int { arrays[0].array.rows }
  /// The files that they are in, each once.
  package var files: [URL] {
    var seen: Set<String> = []
    return arrays.map(\.array.file).filter { seen.insert($0.path).inserted }
  }
  /// Bytes of all elements, as `numpy.save` would write them.
  package var byteCount: Int { arrays.reduce(0) { $0 + $1.array.byteCount } }

  /// Opens the arrays and reads their headers.
  ///
  /// - Throws: ``SafetensorsError``; ``NPYError`` when the folder or a file cannot be read, or is no array; when there is none; for rows whose numbers differ; for an array
  ///   without rows or columns; and for two of one name.
  package init(_ url: URL) throws {
    self.url = url
    let files = try Self.files(url)
    var arrays: [Named] = []
    for file in files {
      let found = try NumericArray.all(in: file)
      let isArchive = ["npz", "safetensors"].contains(file.pathExtension.lowercased()) && files.count > 1
      let prefix = isArchive ? file.deletingPathExtension().lastPathComponent + "_" : ""
      arrays += found.map { Named(name: prefix + $0.name, array: $0) }
    }
    self.arrays = arrays.sorted { Self.isBefore($0.name, $1.name) }
    try requireFit()
  }

  private func requireFit() throws(NPYError) {
    let first = arrays[0]
    for (place, one) in arrays.enumerated() {
      let array = one.array
      guard array.rows > 0 else {
        throw NPYError(
          array.origin, "it has no rows (\(NPYFile.text(array.shape)))", remedy: "Save it with a row for each example, or take it out")
      }
      guard array.columns > 0 else {
        throw NPYError(array.origin, "its rows have no values (\(NPYFile.text(array.shape)))", remedy: "Take it out")
      }
      guard array.rows == first.array.rows else {
        throw NPYError(
          array.origin,
          "it has \(array.rows) rows, and \(first.array.origin) has \(first.array.rows): a row is an example, the same in every array",
          remedy: "Save all arrays for the same examples, or move those of others to a folder of their own")
      }
      guard place == 0 || arrays[place - 1].name != one.name else {
        throw NPYError(array.origin, "it is called '\(one.name)', as is \(arrays[place - 1].array.origin)", remedy: "Rename one of them")
      }
    }
  }

  private static func files(_ url: URL) throws(NPYError) -> [URL] {
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw NPYError(url.path, "it is not there", remedy: "Give a folder with .npy, .npz or .safetensors files, or one such file")
    }
    guard isFolder(url) else { return [url] }
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: url.path) } catch {
      throw NPYError(url.path, "it cannot be listed: \(error.localizedDescription)", remedy: "Check its permissions")
    }
    let files = names.filter { !$0.hasPrefix(".") }.map { url.appendingPathComponent($0) }
      .filter { ["npy", "npz", "safetensors"].contains($0.pathExtension.lowercased()) && !isFolder($0) }
    guard !files.isEmpty else {
      throw NPYError(
        url.path, names.isEmpty ? "it is empty" : "no .npy, .npz or .safetensors file is among its \(names.count) entries",
        remedy: "Save each intermediate into it, as numpy.save('\(url.lastPathComponent)/layer1.npy', array)")
    }
    return files.sorted { isBefore($0.lastPathComponent, $1.lastPathComponent) }
  }

  private static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// By numbers where there are numbers, the same in every locale.
  private static func isBefore(_ a: String, _ b: String) -> Bool {
    switch a.compare(b, options: .numeric) {
    case .orderedAscending: true
    case .orderedDescending: false
    case .orderedSame: a < b
    }
  }
}
