/// Where partition files are below a store's folder: spread over 256 folders, so that none grows without bound.
package enum PartitionPath {
  package static func folder(_ id: PartitionID, in directory: String) -> String { "\(directory)/\(id.description.prefix(2))" }

  package static func file(_ id: PartitionID, in directory: String) -> String {
    "\(folder(id, in: directory))/\(id)\(PartitionFormat.fileSuffix)"
  }

  /// The partition that a file is named after; `nil` for files that are something else.
  package static func identifier(fileName: String) -> PartitionID? {
    guard fileName.hasSuffix(PartitionFormat.fileSuffix) else { return nil }
    return PartitionID(String(fileName.dropLast(PartitionFormat.fileSuffix.count)))
  }
}
