import Mistique

extension ReclaimedStorage {
  /// What was given back.
  var line: String {
    let removed = "\(partitions) partitions and \(frames) frames removed, \(Output.megabytes(bytes)) freed"
    guard setAside > 0 else { return removed }
    let files = Output.counted(
      setAside, "of the partitions was damaged, and its file is", "of the partitions were damaged, and their files are")
    return "\(removed); \(files) now in partitions.set-aside"
  }
}
