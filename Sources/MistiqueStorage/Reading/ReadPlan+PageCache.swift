extension ReadPlan {
  /// Frames that are looked at.
  private static let sampledFrames = 16

  /// An estimate of how many of `estimate.storedBytes` the operating system has no copy of in memory, and would have to fetch from the disk.
  ///
  /// At most 16 frames, evenly spread over those of the plan, are asked for one byte each, without waiting for it; their share is taken for
  /// that of all. Where the file system cannot answer, everything counts as being in memory. Asking may start the reading of what
  /// is asked for, so that a second call finds more in memory.
  /// - Complexity: about a microsecond per frame that is looked at.
  package func coldBytes() -> Int {
    let (total, storedBytes) = (storedFrames, estimate.storedBytes)
    guard total > 0, storedBytes > 0 else { return 0 }
    let samples = min(total, Self.sampledFrames)
    var (sampled, cold) = (0, 0)
    for sample in 0..<samples {
      // The middle of each of as many equal parts as there are samples.
      let request = storedFrame((2 * sample + 1) * total / (2 * samples))
      let bytes = request.storedBytes
      sampled += bytes
      if !request.file.isInMemory(frame: request.frame) { cold += bytes }
    }
    return sampled == 0 ? 0 : Int(Double(storedBytes) * Double(cold) / Double(sampled))
  }

  /// Frames of the plan and of what its derived columns come from.
  private var storedFrames: Int { derived.reduce(requests.count) { $0 + $1.source.storedFrames } }

  private func storedFrame(_ place: Int) -> FrameRequest {
    if place < requests.count { return requests[place] }
    var place = place - requests.count
    for read in derived {
      let count = read.source.storedFrames
      if place < count { return read.source.storedFrame(place) }
      place -= count
    }
    preconditionFailure("there are no more frames in the plan")
  }
}
