import ExperimentKit

/// Re-run time per image by layer, a line per batch size.
enum Fig7aFigure {
  /// Seconds read off the paper's figure, 50,000 images; of batches of 100 and 10,000 it is known only where the curves begin and end.
  static let paper: [Int: [Int: Double]] = [
    10: [1: 339, 6: 319, 11: 373, 16: 396, 19: 359, 21: 365], 100: [1: 11.2, 21: 20.5],
    1_000: [1: 6.6, 6: 6.6, 11: 8.8, 16: 10.3, 19: 10.7, 21: 11.0], 10_000: [6: 6.8, 21: 12.4],
  ]
  static let paperImages = 50_000.0

  static func chart(_ table: MeasurementTable) throws -> Chart {
    let measured = try Fig7aClaims.batches(table)
    let images = try table.count("images", where: ["layer": 21, "batch": measured.first ?? 10])
    func name(_ batch: Int) -> String { "batch \(Quantity.grouped(batch))" }
    let ours = try measured.map { batch in
      LineSeries(
        name(batch),
        points: try Fig7aRerunCost.layers.map { layer in
          let values = try table.repetitions("rerunSeconds", where: ["layer": layer, "batch": batch]).map {
            $0.double / Double(images) * 1000
          }
          return .init(x: Double(layer), y: Timings.median(of: values), spread: values.min()!...values.max()!)
        })
    }
    let theirs = Fig7aRerunCost.batches.map { batch in
      LineSeries(
        "\(name(batch)), paper", role: .paper(beside: measured.contains(batch) ? name(batch) : nil),
        points: paper[batch]!.sorted { $0.key < $1.key }.map { .init(x: Double($0.key), y: $0.value / paperImages * 1000) })
    }
    let loading = try measured.map { batch in
      let seconds = try table.median("loadSeconds", where: ["layer": 21, "batch": batch])
      return "\(Quantity.seconds(seconds)) at batches of \(Quantity.grouped(batch))"
    }
    let isOnce = try table.repetitions("rerunSeconds", where: ["layer": 21, "batch": measured.first ?? 10]).count == 1
    let left = Fig7aRerunCost.batches.filter { !measured.contains($0) }.map { Quantity.grouped($0) }
    return Chart(
      title: "Re-running CIFAR10_VGG16 to a layer, \(Quantity.grouped(images)) images",
      panels: [Panel(x: Axis("layer"), y: Axis("ms per image", .logarithmic), .lines(ours + theirs))],
      notes: [
        "\(isOnce ? "Each measured once" : "Medians with the smallest and largest repetition"), over \(Quantity.grouped(images)) images; each re-run loads the model, which is in them: "
          + loading.joined(separator: ", ")
          + ". Dashed: the paper's own times (figure 7a), 50,000 images on another machine, 1.2 s of loading in each.",
        "Batches are padded to at least 8 images, so that an image's bits do not depend on its neighbours."
          + (left.isEmpty ? "" : " Batches of \(left.joined(separator: " and of ")) are left out: there are not so many images."),
        PretrainedVGG16.note,
      ])
  }
}
