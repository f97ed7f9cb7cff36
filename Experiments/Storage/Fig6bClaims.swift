import ExperimentKit

enum Fig6bClaims {
  /// GB of ten checkpoints over 50,000 images, figure 6b.
  static let paper: [String: [String: Double]] = [
    "CIFAR10_CNN": ["STORE_ALL gzip": 242, "LP": 128, "8BIT": 72.4, "pool(2)": 39, "pool(S)": 2.53, "pool(2)+DEDUP": 39],
    "CIFAR10_VGG16": ["STORE_ALL gzip": 350, "LP": 191, "8BIT": 125, "pool(2)": 58, "pool(S)": 4.19, "pool(2)+DEDUP": 5.997],
  ]

  static let workloads = ImageWorkload.Network.allCases.map(\.rawValue)
  private static let source = "section 8.2, figure 6b"

  private static func stored(_ table: MeasurementTable, _ workload: String, _ policy: String) throws -> Double {
    try StoredBytes.last(table, workload, policy)
  }

  static let all = [
    Claim(
      "fig6b.schemes-in-order", "STORE_ALL > LP > 8BIT > pool(2) > pool(S) in bytes", source: source,
      judge: { table in
        .all(
          try workloads.map { workload in
            .descending(
              try ["STORE_ALL", "LP", "8BIT", "pool(2)", "pool(S)"].map { ("\(workload) \($0)", try stored(table, workload, $0)) })
          })
      }),
    Claim(
      "fig6b.dedup-not-larger", "DEDUP never stores more than STORE_ALL, whatever the scheme", source: source,
      judge: { table in
        .all(
          try workloads.flatMap { workload in
            try [("STORE_ALL", "DEDUP"), ("pool(2)", "pool(2)+DEDUP"), ("8BIT", "8BIT+DEDUP")].map { plain, dedup in
              let (all, once) = (try stored(table, workload, plain), try stored(table, workload, dedup))
              // The catalogue may differ by a page of SQLite, which is not what the statement is about.
              return ClaimVerdict(
                holds: once <= all + 8192,
                evidence: [.init(name: "\(workload) \(plain)", value: all), .init(name: "\(workload) \(dedup)", value: once)])
            }
          })
      }),
    Claim(
      "fig6b.frozen-layers-collapse", "Frozen layers make DEDUP collapse ten checkpoints of VGG16 to little more than one", source: source,
      judge: { table in
        .all(
          try ["DEDUP", "pool(2)+DEDUP", "8BIT+DEDUP"].map { policy in
            let growth = try stored(table, "CIFAR10_VGG16", policy) / StoredBytes.first(table, "CIFAR10_VGG16", policy)
            return ClaimVerdict(holds: growth < 1.5, evidence: [.init(name: "\(policy), ten checkpoints / one", value: growth)])
          })
      }),
    Claim(
      "fig6b.cnn-gains-little", "DEDUP gains little on a CNN trained from scratch: every checkpoint changes every layer", source: source,
      judge: { table in
        let share = try stored(table, "CIFAR10_CNN", "pool(2)+DEDUP") / stored(table, "CIFAR10_CNN", "pool(2)")
        return ClaimVerdict(holds: share >= 0.8, numbers: ["pool(2)+DEDUP / pool(2)": share, "in the paper": 1])
      }),
    Claim(
      "fig6b.vgg16-sixtyfold", "pool(2)+DEDUP takes a sixtieth of STORE_ALL on VGG16", source: "section 8.2: 350 GB to 5.997 GB",
      judge: { table in
        let ratio = try stored(table, "CIFAR10_VGG16", "STORE_ALL gzip") / stored(table, "CIFAR10_VGG16", "pool(2)+DEDUP")
        return ClaimVerdict(
          holds: ratio >= 58, numbers: ["STORE_ALL gzip / pool(2)+DEDUP": ratio, "in the paper": 350 / 5.997])
      }),
  ]

  static let keyFigures = [
    KeyFigure("VGG16, STORE_ALL gzip / pool(2)+DEDUP") {
      Quantity.ratio(try stored($0, "CIFAR10_VGG16", "STORE_ALL gzip") / stored($0, "CIFAR10_VGG16", "pool(2)+DEDUP"))
    },
    KeyFigure("CNN, STORE_ALL gzip / pool(2)+DEDUP") {
      Quantity.ratio(try stored($0, "CIFAR10_CNN", "STORE_ALL gzip") / stored($0, "CIFAR10_CNN", "pool(2)+DEDUP"))
    },
    KeyFigure("held-out accuracy, CNN and VGG16") { table in
      try workloads.map { Quantity.percent(try table.value("heldOutAccuracy", where: ["workload": $0])) }.joined(separator: ", ")
    },
  ]
}
