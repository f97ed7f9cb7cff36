extension Laboratory {
  /// What every experiment is expected to take at `scale`, and whether this machine has it.
  ///
  /// Time is never too long: it is shown, for each and in all.
  package func list(at scale: Scale, on resources: Resources, width: Int? = nil) -> String {
    var table = TextTable(header: ["experiment", "what", "time", "disk", "memory", "here"])
    var all: Cost?
    var (fitting, refused): (Int, Int) = (0, 0)
    for experiment in experiments {
      let names = ([experiment.name] + experiment.identity.aliases).joined(separator: " ")
      let what = "\(experiment.title) (\(experiment.identity.source))"
      guard let cost = experiment.costs[scale] else {
        table.append([names, what, "", "", "", "not run at this scale"])
        continue
      }
      all = all.map { $0 + cost } ?? cost
      let shortages = resources.shortages(of: cost)
      if shortages.isEmpty { fitting += 1 } else { refused += 1 }
      table.append([
        names, what, Quantity.seconds(cost.seconds), Quantity.bytes(Double(cost.diskBytes)), Quantity.bytes(Double(cost.memoryBytes)),
        shortages.isEmpty ? "fits" : shortages.map(\.word).joined(separator: "\n"),
      ])
    }
    var text = table.rendered(width: width)
    text +=
      "\nThis machine has \(Quantity.bytes(Double(resources.freeDiskBytes))) of disk free for results and "
      + "\(Quantity.bytes(Double(resources.physicalMemoryBytes))) of memory.\n"
    if let all {
      text +=
        "All \(fitting + refused) at scale \(scale), one after the other: about \(Quantity.seconds(all.seconds)), "
        + "\(Quantity.bytes(Double(all.diskBytes))) of disk, \(Quantity.bytes(Double(all.memoryBytes))) of memory.\n"
    }
    if refused > 0 { text += "\(refused) do not fit and are refused: choose a smaller scale, make room, or force the run with --force.\n" }
    return text
  }
}

extension ResourceError.Shortage {
  /// `too little disk`
  fileprivate var word: String {
    switch self {
    case .disk: "too little disk"
    case .memory: "too little memory"
    }
  }
}
