import ExperimentKit

enum Fig6bFigures {
  static let all = [Figure("fig6b-dnn-storage", chart: bars), Figure("fig6b-dnn-storage-cumulative", chart: cumulative)]

  /// Bytes as a share of STORE_ALL with gzip, the paper's beside ours: the machines and the numbers of images differ, the shares need not.
  private static func bars(_ table: MeasurementTable) throws -> Chart {
    let policies = Fig6bNetworkStorage.policies.map(\.name)
    let panels = try Fig6bClaims.workloads.map { workload in
      let whole = try StoredBytes.last(table, workload, "STORE_ALL gzip")
      let ours = try policies.map { try StoredBytes.last(table, workload, $0) / whole * 100 }
      let paper = Fig6bClaims.paper[workload]!
      let papers = policies.map { policy in paper[policy].map { $0 / paper["STORE_ALL gzip"]! * 100 } }
      return Panel(
        title:
          "\(workload), \(try images(table, workload)): STORE_ALL gzip is \(Quantity.bytes(whole)), in the paper \(Quantity.plain(paper["STORE_ALL gzip"]!)) GB",
        x: Axis("scheme"), y: Axis("% of STORE_ALL gzip", .logarithmic),
        .bars(
          categories: policies,
          [BarSeries("stored", values: ours), BarSeries("stored, paper", role: .paper(beside: "stored"), values: papers)]))
    }
    return Chart(
      title: "Bytes stored by ten checkpoints under each scheme", panels: panels,
      notes: [
        "Partitions and catalogue, without the weights, as a share of what the paper's STORE_ALL with gzip takes here. Hatched: the paper's shares "
          + "(figure 6b, 50,000 images, in gzip). The paper gives no number for DEDUP without pooling and for 8BIT+DEDUP.",
        "Beyond the paper: BOUND(kept), the widest bound of each layer under which its mean CCA coefficient with the exact values falls by at most "
          + "\(Fig6bNetworkStorage.keptFall), as its first rows tell, and layers of at most \(Fig6bNetworkStorage.exactColumns) values exact; and a ladder, which is exact and has "
          + "a base within a fifth of the layer's root mean square.",
        "Without 'gzip' the encodings are chosen by content. S is the side of each layer's maps. LP gzip: values in float16, of pooled ones too, which the paper does not say of its own; but with float16 the CNN's "
          + "pooled bytes follow from those of its other schemes, and VGG16's nearly.",
        "CIFAR10_CNN is the Keras example's 18 layers: ReLU, dropout and flatten are layers of their own, so that values before ReLU are stored too. "
          + PretrainedVGG16.note,
      ], columns: 1)
  }

  private static func images(_ table: MeasurementTable, _ workload: String) throws -> String {
    let place: MeasurementTable.Parameters = ["workload": workload, "policy": "none", "models": ImageWorkload.checkpoints]
    return "\(Quantity.grouped(try table.count("images", where: place))) images"
  }

  private static func cumulative(_ table: MeasurementTable) throws -> Chart {
    let policies = ["STORE_ALL", "DEDUP", "8BIT", "8BIT+DEDUP", "pool(2)", "pool(2)+DEDUP"]
    return Chart(
      title: "Bytes stored, checkpoint after checkpoint",
      panels: try Fig6bClaims.workloads.map {
        try CumulativeFigure.panel(table, $0, policies: policies, title: "\($0), \(try images(table, $0))", x: "checkpoints logged")
      },
      notes: [
        "VGG16's convolutions are frozen: DEDUP stores their activations with the first checkpoint only. The CNN, the Keras example's 18 layers, changes "
          + "every layer; of each checkpoint DEDUP stores the dropout layers, which repeat others, as references.",
        PretrainedVGG16.note,
      ])
  }
}
