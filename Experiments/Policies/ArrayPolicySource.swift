import ArrayFiles
import ExperimentKit
import Foundation
import Mistique

/// A folder of arrays, or one file of them. Logging is compared with copying them as they are, until the copy is durable: what `numpy.save` and a flush
/// would do.
struct ArrayPolicySource: PolicySource {
  let folder: ArrayFolder
  let models: [LoggedModel]
  private let isGenerated: Bool

  /// - Parameter isGenerated: whether they were made for the run.
  init(_ url: URL, isGenerated: Bool = false) throws {
    let folder = try ArrayFolder(url)
    self.folder = folder
    self.isGenerated = isGenerated
    models = [LoggedModel(identity: ModelIdentity(project: "own", name: "arrays")) { try ArrayModel(folder) }]
  }

  var data: DataSource {
    let count = folder.arrays.count
    let text = "\(count) \(count == 1 ? "array" : "arrays") of \(Quantity.grouped(folder.rows)) rows"
    return isGenerated ? .generated(text, files: []) : .real("\(folder.url.lastPathComponent), \(text)", files: folder.files)
  }

  let baseline = "copying the arrays"

  func baselineSeconds(in folder: URL) throws -> Double {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try Stopwatch.time {
      for named in self.folder.arrays {
        let array = named.array
        var copy = try NPYWriter(folder.appendingPathComponent("copy.npy"), type: array.element.numpy, shape: array.shape)
        try array.forEachBlock(of: max(1, (16 << 20) / max(1, array.columns * array.element.size))) { _, bytes in
          if let request = Interruption.request { throw request }
          try copy.write(bytes)
        }
        try copy.commit()
      }
    }.seconds
  }

  /// As the files have them, before any is widened to float32 or int64.
  func rawBytes(logged: Int) -> Int { folder.byteCount }

  var emittedRows: Int? { folder.arrays.count * folder.rows }

  var remarks: [String] {
    folder.arrays.compactMap { ArrayLayout.doubt($0.array) }
      + folder.arrays.filter { ArrayLayout($0.array).isFrame && $0.array.element.kind == .float }.map {
        "\($0.name) is float64 and is kept so, as a table that is held in memory as a whole. If float32 will do, save array.astype('float32')."
      }
  }
}
